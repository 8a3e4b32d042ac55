#pragma once

#include <cstddef>
#include <deque>
#include <functional>

#include <wskit/precise_timer.h>

#include "clock.h"
#include "load_client.h"

/// Dials connections in turn: so many a second, so many at a time. Thread: its loop's.
class Dialler {
 public:
  using Dial = std::function<void(LoadClient& client)>;

  /// `rate` is a second, 0 for no limit.
  Dialler(wskit::Loop& loop, double rate, std::size_t concurrency, Dial dial);

  void want(LoadClient& client);
  void forget_wanted();

  /// False if it was not wanted, or has been dialled already.
  bool forget(const LoadClient& client);

  /// A connection that was dialled is open, or has failed.
  void on_settled();

  bool is_busy() const { return pending_count_ > 0 || !wanted_.empty(); }

 private:
  void dial_due();

  wskit::PreciseTimer timer_;
  Dial dial_;
  std::deque<LoadClient*> wanted_;
  std::size_t pending_count_ = 0;
  std::size_t concurrency_;
  Clock::duration step_;
  TimePoint next_{};
};
