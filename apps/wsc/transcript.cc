#include "transcript.h"

#include <ctime>

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <wskit/base64.h>
#include <nlohmann/json.hpp>

#include "common/printable.h"

namespace {

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

}  // namespace

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
  return line.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}
