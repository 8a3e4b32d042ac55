#pragma once

#include <chrono>
#include <cstdint>

#include "clock.h"
#include "tally.h"

/// What a thread has measured, and what it cost.
struct WorkerResult {
  Tally tally;
  Clock::duration measured_time{0};     ///< in which messages went
  Clock::duration usage_time{0};        ///< in which ...
  std::chrono::nanoseconds cpu{0};      ///< ... it used so much
  Clock::duration traffic_time{0};      ///< with the warm-up; in it ...
  std::chrono::nanoseconds waiting{0};  ///< ... it could have run but waited for a CPU
};

/// What there is to begin with, when all connections have been dialled.
struct OpeningResult {
  std::uint64_t opened = 0;
  std::uint64_t receivers = 0;  ///< where there are none on any thread nothing can be measured
  std::uint64_t senders = 0;    ///< likewise
  TimePoint settled_at{};       ///< when each connection was open or had failed

  void add(const OpeningResult& other);
};
