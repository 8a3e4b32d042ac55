#pragma once

#include <cstdint>
#include <functional>
#include <optional>

#include <wskit/precise_timer.h>

#include "clock.h"
#include "load_options.h"
#include "schedule.h"

/// Calls when each message of a thread's share of an open loop is due. Thread: its loop's.
class Pacer {
 public:
  /// `due` has passed.
  using Send = std::function<void(TimePoint due)>;

  Pacer(wskit::Loop& loop, Send send)
      : timer_{loop, [this] { send_due(); }}, send_{std::move(send)} {}

  /// Of all events of the schedule, those from `first` on in steps of `step`; at most `limit`, and
  /// none that is due at `end` or later.
  void begin(Schedule schedule, std::uint64_t first, std::uint64_t step, std::uint64_t limit,
             TimePoint end);
  void end();
  bool is_finished() const { return left_ == 0; }

 private:
  void send_due();

  wskit::PreciseTimer timer_;
  Send send_;
  std::optional<Schedule> schedule_;
  std::uint64_t next_ = 0;
  std::uint64_t step_ = 1;
  std::uint64_t left_ = 0;
  TimePoint end_;
};

/// What the options say about the rate, from `start` on.
Schedule rate_schedule(const LoadOptions& options, TimePoint start);
