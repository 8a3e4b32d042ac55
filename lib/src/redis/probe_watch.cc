#include "redis/probe_watch.h"

#include <utility>

#include <fmt/format.h>

#include "crypto/random.h"

namespace wskit {
namespace {

/// After this long without its probe the way through Redis counts as broken.
constexpr std::chrono::milliseconds kTimeout{2000};

}  // namespace

ProbeWatch::ProbeWatch(std::string server, BrokerHealth& health)
    : server_{std::move(server)}, health_{health}, node_{random_hex(8)} {
  health_.reason = "Redis: not connected yet";
}

std::optional<std::string> ProbeWatch::next(Loop::Clock::time_point now) {
  if (sent_) return std::nullopt;
  sent_ = now;
  return fmt::format("{}/{}", node_, ++number_);
}

bool ProbeWatch::is_overdue(Loop::Clock::time_point now) const {
  return sent_ && now - *sent_ >= kTimeout;
}

bool ProbeWatch::take(std::string_view text, Loop::Clock::time_point now) {
  if (!sent_ || text != fmt::format("{}/{}", node_, number_)) return false;
  const std::chrono::duration<double> lag = now - *std::exchange(sent_, std::nullopt);
  health_.probe_lag_seconds = lag.count();
  return true;
}

void ProbeWatch::become_ready() {
  if (std::exchange(health_.is_ready, true)) return;
  health_.reason.clear();
  is_outage_logged_ = false;
  log_->info("redis_ready", {{"server", server_}});
}

void ProbeWatch::become_unready(const std::string& reason) {
  sent_.reset();
  health_.is_ready = false;
  health_.reason = "Redis: " + reason;
  // One line an outage; further attempts show in the metrics.
  const bool is_logged = std::exchange(is_outage_logged_, true);
  log_->write_if(is_logged ? LogLevel::debug : LogLevel::warn, "redis_lost",
                 {{"server", server_}, {"reason", reason}});
}

void ProbeWatch::stop() {
  is_outage_logged_ = true;
  health_.is_ready = false;
  health_.reason = "stopped";
}

}  // namespace wskit
