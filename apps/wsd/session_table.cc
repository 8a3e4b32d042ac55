#include "wsd/session_table.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <ctime>
#include <string_view>

#include <fmt/format.h>

#include "common/printable.h"

namespace {

using nlohmann::json;

using Row = std::array<std::string, 5>;

/// One word, which cannot be taken for another column or two.
std::string cell(const std::string& text) {
  if (text.empty()) return "-";
  std::string shown;
  for (const char c : text) {
    if (c == '\n') {
      shown += "\\x0a";
    } else if (c == '\t') {
      shown += "\\x09";
    } else {
      shown += c;
    }
  }
  shown = printable(shown);
  const bool is_word = text != "-" && shown.find_first_of(" \"") == std::string::npos;
  return is_word ? shown : json(shown).dump();
}

/// In UTC, since nodes and readers may be anywhere.
std::string time_text(std::int64_t ms) {
  const std::time_t seconds = ms / 1000;
  std::tm utc = {};
  std::array<char, 32> text = {};
  if (gmtime_r(&seconds, &utc) == nullptr) return "-";
  const auto size = std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &utc);
  return {text.data(), size};
}

std::string channel_list(const json& channels) {
  std::string list;
  for (const json& channel : channels) {
    if (!list.empty()) list += ',';
    list += channel.get<std::string>();
  }
  return list;
}

Row row_of(const json& session) {
  return {cell(session.at("session").get<std::string>()),
          cell(session.at("user").get<std::string>()),
          cell(session.at("address").get<std::string>()),
          time_text(session.at("opened_ms").get<std::int64_t>()),
          cell(channel_list(session.at("channels")))};
}

}  // namespace

std::string session_table(const std::vector<json>& sessions) {
  std::vector<Row> rows{{"SESSION", "USER", "ADDRESS", "SINCE", "CHANNELS"}};
  std::ranges::transform(sessions, std::back_inserter(rows), row_of);
  std::array<std::size_t, std::tuple_size_v<Row>> widths = {};
  for (const Row& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      widths[i] = std::max(widths[i], display_columns(row[i]));
    }
  }
  std::string table;
  for (const Row& row : rows) {
    for (std::size_t i = 0; i + 1 < row.size(); ++i) {
      table += row[i] + std::string(widths[i] - display_columns(row[i]) + 2, ' ');
    }
    table += row.back() + '\n';
  }
  return table;
}

std::string session_line(const json& session) {
  return session.dump(-1, ' ', true);
}
