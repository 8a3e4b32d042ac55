#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

#include <wskit/log.h>

namespace wskit {

/// A field's value as one word: quoted if need be, with control bytes, quotes, backslashes and
/// bytes over 126 as \xNN, cut at 256 bytes.
std::string escape_log_value(std::string_view value);

/// "2026-01-31T12:00:00.000Z info event key=value …"
std::string text_log_line(std::string_view time, LogLevel level, std::string_view event,
                          std::initializer_list<LogField> fields);

std::string_view log_level_name(LogLevel level);

}  // namespace wskit
