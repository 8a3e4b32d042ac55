#include <wskit/log.h>

#include <atomic>
#include <chrono>

#include <fmt/chrono.h>
#include <spdlog/async_logger.h>
#include <spdlog/details/thread_pool.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <nlohmann/json.hpp>

#include "core/log_line.h"

namespace wskit {
namespace {

constexpr std::size_t kQueuedLines = 8192;
constexpr std::size_t kMaxJsonValueBytes = 256;

std::string timestamp() {
  const auto now = std::chrono::system_clock::now();
  const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(now.time_since_epoch());
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z",
                     fmt::gmtime(std::chrono::system_clock::to_time_t(now)), ms.count() % 1000);
}

std::string json_log_line(LogLevel level, std::string_view event,
                          std::initializer_list<LogField> fields) {
  nlohmann::ordered_json line{
      {"time", timestamp()}, {"level", log_level_name(level)}, {"event", event}};
  for (const LogField& field : fields) {
    line[std::string(field.key)] = field.value.substr(0, kMaxJsonValueBytes);
  }
  return line.dump(-1, ' ', true, nlohmann::ordered_json::error_handler_t::replace);
}

class StderrLog final : public Log {
 public:
  explicit StderrLog(LogOptions options)
      : level_{options.level},
        is_json_{options.is_json},
        pool_{std::make_shared<spdlog::details::thread_pool>(kQueuedLines, 1)},
        logger_{std::make_shared<spdlog::async_logger>(
            "wskit", std::make_shared<spdlog::sinks::stderr_sink_mt>(), pool_,
            spdlog::async_overflow_policy::overrun_oldest)} {
    logger_->set_level(spdlog::level::trace);
    logger_->set_pattern("%v");
  }

  ~StderrLog() override { pool_.reset(); }  // ends its thread, which uses the logger

  bool is_enabled(LogLevel level) const override { return level >= level_; }
  void set_level(LogLevel level) override { level_ = level; }

  void write(LogLevel level, std::string_view event,
             std::initializer_list<LogField> fields) override {
    const std::string line = is_json_ ? json_log_line(level, event, fields)
                                      : text_log_line(timestamp(), level, event, fields);
    logger_->log(spdlog::level::info, spdlog::string_view_t{line.data(), line.size()});
  }

 private:
  std::atomic<LogLevel> level_;
  const bool is_json_;
  std::shared_ptr<spdlog::details::thread_pool> pool_;
  std::shared_ptr<spdlog::async_logger> logger_;
};

class NullLog final : public Log {
 public:
  bool is_enabled(LogLevel) const override { return false; }
  void set_level(LogLevel) override {}
  void write(LogLevel, std::string_view, std::initializer_list<LogField>) override {}
};

}  // namespace

std::unique_ptr<Log> make_stderr_log(LogOptions options) {
  return std::make_unique<StderrLog>(options);
}

std::unique_ptr<Log> make_null_log() {
  return std::make_unique<NullLog>();
}

}  // namespace wskit
