#pragma once

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>

#include <wskit/export.h>

namespace wskit {

enum class LogLevel : std::uint8_t { trace, debug, info, warn, error, off };

struct LogField {
  LogField(std::string_view field_key, std::string_view field_value)
      : key{field_key}, value{field_value} {}
  LogField(std::string_view field_key, std::int64_t field_value)
      : key{field_key}, value{std::to_string(field_value)} {}

  std::string_view key;
  std::string value;  ///< as it came: the log escapes it and cuts it at 256 bytes
};

/// Where events go: one line each.
///
/// Thread: any; never blocks.
class WSKIT_API Log {
 public:
  virtual ~Log() = default;
  virtual bool is_enabled(LogLevel level) const = 0;
  virtual void set_level(LogLevel level) = 0;
  virtual void write(LogLevel level, std::string_view event,
                     std::initializer_list<LogField> fields) = 0;

  /// Writes unless the level is too low.
  void write_if(LogLevel level, std::string_view event,
                std::initializer_list<LogField> fields = {}) {
    if (is_enabled(level)) write(level, event, fields);
  }
  void debug(std::string_view event, std::initializer_list<LogField> fields = {}) {
    write_if(LogLevel::debug, event, fields);
  }
  void info(std::string_view event, std::initializer_list<LogField> fields = {}) {
    write_if(LogLevel::info, event, fields);
  }
  void warn(std::string_view event, std::initializer_list<LogField> fields = {}) {
    write_if(LogLevel::warn, event, fields);
  }
};

struct LogOptions {
  LogLevel level = LogLevel::info;
  bool is_json = false;
};

/// A log on stderr, written by a thread of its own. When the reader of stderr stalls, the oldest
/// lines are dropped. The destructor writes what is queued.
WSKIT_API std::unique_ptr<Log> make_stderr_log(LogOptions options);

/// A log that drops everything.
WSKIT_API std::unique_ptr<Log> make_null_log();

}  // namespace wskit
