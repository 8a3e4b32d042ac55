#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "clock_check.h"
#include "tally.h"

/// What is kept of an interval's latencies, in nanoseconds.
struct LatencyFigures {
  std::uint64_t count = 0;
  std::uint64_t p50 = 0;
  std::uint64_t p90 = 0;
  std::uint64_t p99 = 0;
  std::uint64_t p99_9 = 0;
  std::uint64_t max = 0;

  LatencyFigures() = default;
  explicit LatencyFigures(const Histogram& latency)
      : count{latency.count()},
        p50{latency.value_at(50)},
        p90{latency.value_at(90)},
        p99{latency.value_at(99)},
        p99_9{latency.value_at(99.9)},
        max{latency.max()} {}
};

/// One point of a run's time axis: what happened in the interval before it.
struct IntervalPoint {
  double at_s = 0;  ///< since traffic began
  double length_s = 0;
  Interval interval;
  LatencyFigures latency;
  bool is_measured = true;  ///< none of it is warm-up
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
  double cpu_s = 0;                 ///< while it was measured, and until the last answers came
};

/// What a thread of the generator used, as shares of the time.
struct ThreadCost {
  double cpu = 0;      ///< while it was measured
  double waiting = 0;  ///< for a CPU, since traffic began
};

/// What one run has measured.
struct RunResult {
  Tally tally;
  bool has_begun = false;          ///< there were connections, and what else it takes
  std::string missing_party;       ///< why it has not, where connections were not what was missing
  std::uint64_t opened_count = 0;  ///< of connections, before traffic began
  double opening_s = 0;
  double measured_s = 0;  ///< in which messages went
  double usage_s = 0;     ///< in which the target and the threads used their CPU
  std::vector<IntervalPoint> intervals;
  std::vector<ThreadCost> threads;
  std::optional<TargetCost> target;
  ClockCheck::Result clock;
  std::uint64_t own_rss_bytes = 0;  ///< of the generator, with all connections open
  std::uint64_t own_rss_before_bytes = 0;
  bool is_interrupted = false;  ///< ended before its time
  int signal = 0;               ///< that did it; 0: none
};
