#pragma once

#include <cstdint>

#include "clock.h"
#include "process_usage.h"
#include "tally.h"

/// What a thread has measured, and what it cost.
struct WorkerResult {
  Tally tally;
  ThreadUsage usage;                 ///< while it was measured
  Clock::duration usage_time{0};     ///< in which it had that
  Clock::duration measured_time{0};  ///< in which messages went; shorter where their number ends it
};

/// What there is to begin with, when all connections have been dialled.
struct OpeningResult {
  std::uint64_t opened = 0;
  std::uint64_t receivers = 0;  ///< where there are none on any thread nothing can be measured
  std::uint64_t senders = 0;    ///< likewise
  TimePoint settled_at{};       ///< when each connection was open or had failed

  void add(const OpeningResult& other);
};
