#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "clock_check.h"
#include "tally.h"

/// One point of a run's time axis: what happened in the interval before it.
struct IntervalPoint {
  double at_s = 0;  ///< since traffic began
  double length_s = 0;
  Interval interval;
  std::optional<std::uint64_t> target_rss_bytes;
  std::optional<double> target_cpu;  ///< cores
  double generator_cpu = 0;          ///< cores
};

/// What the process under test used.
struct TargetCost {
  std::uint64_t rss_before_bytes = 0;  ///< without our connections
  std::uint64_t rss_open_bytes = 0;    ///< with all of them, before traffic
  std::uint64_t rss_peak_bytes = 0;
  std::uint64_t rss_end_bytes = 0;  ///< before they were closed
  double open_cpu_s = 0;            ///< while they were opened
  double cpu_s = 0;                 ///< while it was measured
};

/// What a thread of the generator used while it was measured, as shares of the time.
struct ThreadCost {
  double cpu = 0;
  double waiting = 0;  ///< for a CPU
};

/// What one run has measured.
struct RunResult {
  Tally tally;
  double opening_s = 0;
  double measured_s = 0;
  std::vector<IntervalPoint> intervals;
  std::vector<ThreadCost> threads;
  std::optional<TargetCost> target;
  ClockCheck::Result clock;
  std::uint64_t own_rss_bytes = 0;  ///< of the generator, with all connections open
  std::uint64_t own_rss_before_bytes = 0;
  bool is_interrupted = false;  ///< ended before its time
  int signal = 0;               ///< that did it; 0: none
};
