#pragma once

#include <cstdint>
#include <functional>
#include <optional>

#include <wskit/precise_timer.h>

#include "clock.h"
#include "load_options.h"
#include "schedule.h"
#include "share.h"

/// Calls when each message of a thread's share of an open loop is due. Thread: its loop's.
class Pacer {
 public:
  /// `due` has passed.
  using Send = std::function<void(TimePoint due)>;

  Pacer(wskit::Loop& loop, Send send)
      : timer_{loop, [this] { send_due(); }}, send_{std::move(send)} {}

  /// Of all events of the schedule, those that `turns` has; at most `limit`, and none that is due
  /// at `end` or later.
  void begin(Schedule schedule, const Turns& turns, std::uint64_t limit, TimePoint end);

  /// What has been due by now and was not sent is told to `miss`, within reason.
  void end(const Send& miss);
  bool is_finished() const { return left_ == 0; }

 private:
  void send_due();

  wskit::PreciseTimer timer_;
  Send send_;
  std::optional<Schedule> schedule_;
  std::optional<Turns> turns_;
  std::uint64_t next_ = 0;
  std::uint64_t left_ = 0;
  TimePoint end_;
};

/// What the options say about the rate, from `start` on.
Schedule rate_schedule(const LoadOptions& options, TimePoint start);
