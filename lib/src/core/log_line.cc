#include "core/log_line.h"

#include <fmt/format.h>

namespace wskit {
namespace {

constexpr std::size_t kMaxValueBytes = 256;

}  // namespace

std::string escape_log_value(std::string_view value) {
  bool is_quoted = value.empty();
  std::string escaped;
  for (const char c : value.substr(0, kMaxValueBytes)) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < ' ' || byte > 126 || c == '"' || c == '\\') {
      escaped += fmt::format("\\x{:02x}", byte);
      is_quoted = true;
    } else {
      escaped.push_back(c);
      is_quoted = is_quoted || c == ' ' || c == '=';
    }
  }
  if (value.size() > kMaxValueBytes) escaped += "...";
  return is_quoted ? fmt::format("\"{}\"", escaped) : escaped;
}

std::string text_log_line(std::string_view time, LogLevel level, std::string_view event,
                          std::initializer_list<LogField> fields) {
  std::string line = fmt::format("{} {} {}", time, log_level_name(level), event);
  for (const LogField& field : fields) {
    line += fmt::format(" {}={}", field.key, escape_log_value(field.value));
  }
  return line;
}

std::string_view log_level_name(LogLevel level) {
  switch (level) {
    case LogLevel::trace:
      return "trace";
    case LogLevel::debug:
      return "debug";
    case LogLevel::info:
      return "info";
    case LogLevel::warn:
      return "warn";
    case LogLevel::error:
      return "error";
    case LogLevel::off:
      break;
  }
  return "off";
}

}  // namespace wskit
