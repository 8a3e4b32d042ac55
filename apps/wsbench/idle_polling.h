#pragma once

#include <chrono>
#include <cstdint>
#include <utility>

#include "clock.h"

/// How long a thread that never sleeps has looked in vain for something to do. Thread: its own.
class IdlePolling {
 public:
  /// At the end of each turn; `moved_count` has grown if there was something to do.
  void end_turn(TimePoint now, std::uint64_t moved_count) {
    const Clock::duration length = now - last_end_;
    if (moved_count == moved_count_ && length < kLongestLook) time_ += length;
    moved_count_ = moved_count;
    last_end_ = now;
  }

  Clock::duration time() const { return time_; }

  /// What has come to it since this was called last.
  Clock::duration take_new() { return time_ - std::exchange(taken_, time_); }

 private:
  /// A turn that takes longer did something else, or had no CPU.
  static constexpr std::chrono::microseconds kLongestLook{10};

  TimePoint last_end_{};
  std::uint64_t moved_count_ = 0;
  Clock::duration time_{0};
  Clock::duration taken_{0};
};
