#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include <wskit/broker.h>
#include <wskit/log.h>
#include <wskit/loop.h>

namespace wskit {

/// Whether messages get through Redis: a broker is ready while its own probes come back.
///
/// Keeps the readiness in a BrokerHealth, and logs a line when it goes and one when it returns.
/// Thread: the loop's.
class ProbeWatch {
 public:
  /// `server` is named in the log. `health` outlives this.
  ProbeWatch(std::string server, BrokerHealth& health);

  /// Logs from now on; outlives this.
  void use(Log& log) { log_ = &log; }

  /// The text of the next probe, unless one is under way.
  std::optional<std::string> next(Loop::Clock::time_point now);

  /// Whether the probe under way stays away for too long.
  bool is_overdue(Loop::Clock::time_point now) const;

  /// A probe has come, perhaps another node's. True if it was ours, and so the way is proved;
  /// become_ready() may follow.
  bool take(std::string_view text, Loop::Clock::time_point now);

  void become_ready();
  void become_unready(const std::string& reason);

  /// An end that was asked for: nothing more is logged.
  void stop();

 private:
  std::string server_;
  BrokerHealth& health_;
  Log* log_ = nullptr;
  std::string node_;  ///< tells our probes from other nodes'
  std::uint64_t number_ = 0;
  std::optional<Loop::Clock::time_point> sent_;  ///< set while one is under way
  bool is_outage_logged_ = false;
};

}  // namespace wskit
