#include "transcript.h"

#include <charconv>
#include <ctime>
#include <utility>

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <wskit/base64.h>
#include <nlohmann/json.hpp>

#include "common/printable.h"

namespace {

/// "2023-11-14T22:13:20.123456Z"
constexpr std::size_t kIsoTimeSize = 27;

std::string_view opcode_name(TranscriptEntry::Kind kind) {
  switch (kind) {
    case TranscriptEntry::Kind::text:
      return "text";
    case TranscriptEntry::Kind::binary:
      return "binary";
    case TranscriptEntry::Kind::ping:
      return "ping";
    case TranscriptEntry::Kind::pong:
      return "pong";
    case TranscriptEntry::Kind::close:
      return "close";
  }
  return {};
}

using Kind = TranscriptEntry::Kind;

std::optional<Kind> kind_of(std::string_view opcode) {
  for (const Kind kind : {Kind::text, Kind::binary, Kind::ping, Kind::pong, Kind::close}) {
    if (opcode_name(kind) == opcode) return kind;
  }
  return std::nullopt;
}

/// A member that is a string; empty if it is not there or is none.
std::optional<std::string> text_member(const nlohmann::json& object, const char* name) {
  const auto found = object.find(name);
  if (found == object.end() || !found->is_string()) return std::nullopt;
  return found->get<std::string>();
}

/// What iso_time() gives.
std::optional<std::chrono::system_clock::time_point> parse_iso_time(const std::string& text) {
  // Nanoseconds since 1970 end in 2262.
  const bool is_in_range = text.size() == kIsoTimeSize && text >= "1970" && text < "2262";
  if (!is_in_range) return std::nullopt;
  std::tm parts = {};
  const char* const rest = strptime(text.c_str(), "%Y-%m-%dT%H:%M:%S", &parts);
  if (rest == nullptr || *rest != '.') return std::nullopt;
  unsigned microseconds = 0;
  const char* const end = text.data() + text.size();
  const auto [last, error] = std::from_chars(rest + 1, end, microseconds);
  const bool is_whole = error == std::errc{} && last == rest + 7 && std::string_view{last} == "Z";
  if (!is_whole) return std::nullopt;
  return std::chrono::system_clock::from_time_t(timegm(&parts)) +
         std::chrono::microseconds{microseconds};
}

std::optional<std::string> payload_of(const nlohmann::json& line, Kind kind) {
  if (kind == Kind::close) return text_member(line, "reason");
  if (auto text = text_member(line, "data")) return text;
  const auto encoded = text_member(line, "base64");
  return encoded ? wskit::base64_decode(*encoded) : std::nullopt;
}

}  // namespace

bool is_message(TranscriptEntry::Kind kind) {
  return kind == Kind::text || kind == Kind::binary;
}

TranscriptEntry::Kind kind_of(wskit::Opcode opcode) {
  return opcode == wskit::Opcode::text ? Kind::text : Kind::binary;
}

std::string iso_time(std::chrono::system_clock::time_point time) {
  const auto us = std::chrono::duration_cast<std::chrono::microseconds>(time.time_since_epoch());
  const std::time_t seconds = us.count() / 1'000'000;
  return fmt::format("{:%FT%T}.{:06}Z", fmt::gmtime(seconds), us.count() % 1'000'000);
}

std::string transcript_line(const TranscriptEntry& entry) {
  nlohmann::ordered_json line;
  line["time"] = iso_time(entry.time);
  line["direction"] = entry.direction == Direction::in ? "in" : "out";
  line["opcode"] = opcode_name(entry.kind);
  if (entry.kind == TranscriptEntry::Kind::close) {
    line["code"] = entry.close_code;
    line["reason"] = entry.payload;
  } else if (entry.kind != TranscriptEntry::Kind::binary && is_valid_utf8(entry.payload)) {
    line["data"] = entry.payload;
  } else {
    line["base64"] = wskit::base64_encode(entry.payload);
  }
  return escape_in_json(
      line.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace));
}

std::optional<RecordedEntry> parse_transcript_line(std::string_view line) {
  const auto json = nlohmann::json::parse(line, nullptr, false);
  if (!json.is_object()) return std::nullopt;
  const auto time = parse_iso_time(text_member(json, "time").value_or(""));
  const auto direction = text_member(json, "direction");
  const auto kind = kind_of(text_member(json, "opcode").value_or(""));
  if (!time || !kind || (direction != "in" && direction != "out")) return std::nullopt;
  auto payload = payload_of(json, *kind);
  if (!payload) return std::nullopt;
  RecordedEntry entry{.time = *time,
                      .direction = direction == "in" ? Direction::in : Direction::out,
                      .kind = *kind,
                      .payload = std::move(*payload)};
  if (*kind != Kind::close) return entry;
  const auto code = json.find("code");
  const bool is_code = code != json.end() && code->is_number_unsigned() && *code <= 4999u;
  if (!is_code) return std::nullopt;
  entry.close_code = code->get<std::uint16_t>();
  return entry;
}
