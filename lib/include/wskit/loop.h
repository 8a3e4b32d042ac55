#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>

#include <wskit/export.h>

struct uv_loop_s;

namespace wskit {

/// What a loop does while there is nothing to do: one that polls takes a whole CPU, but nobody has
/// to wake it.
enum class WhenIdle : std::uint8_t { sleep, poll };

/// One event loop, run by one thread.
///
/// Thread: post() and stop() any; everything else the thread that runs it, or the one that built
/// it before it runs.
class WSKIT_API Loop {
 public:
  using Task = std::function<void()>;
  using Clock = std::chrono::steady_clock;

  Loop();
  ~Loop();  ///< everything built on the loop must be gone; tasks not yet run are dropped
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  /// Returns after stop().
  void run(WhenIdle when_idle = WhenIdle::sleep);
  void stop();

  /// Runs `task` in a coming turn, after what was posted before it. The only way across threads.
  void post(Task task);

  bool is_own_thread() const;

  /// The time at which this turn began.
  Clock::time_point now() const;

  /// Of the turns that ended in the last minute or two, to 1 ms.
  std::chrono::microseconds longest_turn() const;

  /// Calls `task` at the end of every turn, before the loop waits, for as long as the result is
  /// kept.
  [[nodiscard]] std::shared_ptr<void> on_turn_end(Task task);

  /// Calls `task` when the process gets `signal`; lasts as long as the loop. One loop per signal.
  void on_signal(int signal, Task task);

  /// The libuv loop below, for handles of your own.
  uv_loop_s* uv();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// Calls a task once after a delay, or in intervals. Thread: its loop's.
class WSKIT_API Timer {
 public:
  explicit Timer(Loop& loop);
  ~Timer();  ///< stops it
  Timer(const Timer&) = delete;
  Timer& operator=(const Timer&) = delete;

  /// Starts anew if it runs already.
  void start(std::chrono::milliseconds delay, Loop::Task task);
  void start_repeating(std::chrono::milliseconds interval, Loop::Task task);
  void stop();
  bool is_running() const;

 private:
  struct Impl;
  Impl* impl_;  ///< freed by libuv's close callback
};

}  // namespace wskit
