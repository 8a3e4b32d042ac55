#pragma once

#include <wskit/export.h>
#include <wskit/loop.h>

namespace wskit {

/// Calls a task at a point in time, to some ten microseconds where Timer has a millisecond.
///
/// Costs a descriptor, and a system call each time it is set. Thread: its loop's.
class WSKIT_API PreciseTimer {
 public:
  /// Throws Error if there is no descriptor left.
  PreciseTimer(Loop& loop, Loop::Task task);
  ~PreciseTimer();  ///< stops it; also inside the task
  PreciseTimer(const PreciseTimer&) = delete;
  PreciseTimer& operator=(const PreciseTimer&) = delete;

  /// Instead of the time set before. What has passed is due at once, in a coming turn.
  void set(Loop::Clock::time_point due);
  void stop();

 private:
  struct Impl;
  Impl* impl_;  ///< freed by libuv's close callback
};

}  // namespace wskit
