#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include <wskit/loop.h>

#include "clock.h"
#include "clock_check.h"
#include "delivery_board.h"
#include "plan.h"
#include "process_usage.h"
#include "run_result.h"
#include "worker.h"

/// Sees a run as it goes on. Thread: the run's loop.
class RunObserver {
 public:
  virtual ~RunObserver() = default;
  virtual void on_opening(std::size_t /*open_count*/, const Counts& /*counts*/) {}
  virtual void on_interval(const IntervalPoint& /*point*/, const RunResult& /*so_far*/) {}

  /// Asked after on_interval(): whether nothing is left to learn.
  virtual bool wants_end() const { return false; }
};

/// One run: opens the connections, lets them do what the plan says, and gathers what was measured.
///
/// Thread: its loop's; the connections have threads of their own.
/// Ownership: loop, plan, target and observer outlive it.
class Run {
 public:
  /// `target` may be null.
  Run(wskit::Loop& loop, const Plan& plan, ProcessGroup* target, RunObserver& observer);

  /// `done` is called in a coming turn, once.
  void start(std::function<void()> done);

  /// Ends it early, with what has been measured so far.
  void interrupt();

  /// After `done`.
  RunResult take_result() { return std::move(result_); }

 private:
  using Done = std::function<void()>;

  /// One of each thread.
  using IntervalTallies = std::vector<IntervalTally>;

  /// Calls `task` on each worker's thread, then `done` here.
  void on_all(std::function<void(Worker& worker)> task, Done done);

  /// The same with a task that takes a while, and says when it is done.
  void begin_on_all(std::function<void(Worker& worker, Done done)> task, Done done);

  /// Calls `take` with what has happened on all threads since this was called last.
  void take_interval(std::function<void(const IntervalTally& all)> take);
  std::shared_ptr<IntervalTallies> take_spare_tallies();

  void open();
  void show_opening(const Interval& interval);
  void on_opened();
  void settle();
  void begin();
  void begin_measuring();
  void look_for_end();
  void end_interval();
  void add_interval(const IntervalTally& all);
  void end();
  void drain();
  void finish();
  void close();
  void collect();

  wskit::Loop& loop_;
  const Plan& plan_;
  DeliveryBoard board_;
  ProcessGroup* target_;
  RunObserver& observer_;
  std::function<void()> done_;
  std::vector<std::unique_ptr<Worker>> workers_;
  wskit::Timer phase_timer_;
  wskit::Timer interval_timer_;
  std::vector<std::shared_ptr<IntervalTallies>> spare_tallies_;
  Histogram shown_latency_;  ///< of the last interval
  std::optional<ClockCheck> clock_;
  Window window_;
  TimePoint opening_began_;
  TimePoint ended_at_;  ///< traffic
  TimePoint drain_until_;
  TimePoint last_interval_;
  std::optional<Usage> target_at_last_;
  std::chrono::nanoseconds own_cpu_at_last_{0};
  std::chrono::nanoseconds target_cpu_at_from_{0};
  RunResult result_;
  std::uint64_t moved_count_ = 0;  ///< at the last look, as below
  TimePoint moved_at_;
  bool is_measured_ = false;
  bool is_ending_ = false;
};
