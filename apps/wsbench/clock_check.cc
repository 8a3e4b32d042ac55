#include "clock_check.h"

#include <algorithm>
#include <ctime>

namespace {

std::chrono::nanoseconds read_clock(clockid_t clock) {
  timespec time{};
  clock_gettime(clock, &time);
  return std::chrono::seconds{time.tv_sec} + std::chrono::nanoseconds{time.tv_nsec};
}

/// The best of some rounds: others are disturbed by whatever else runs.
std::chrono::nanoseconds measure_read_cost() {
  constexpr int kRounds = 10;
  constexpr int kReads = 100;
  auto best = std::chrono::nanoseconds::max();
  for (int round = 0; round < kRounds; ++round) {
    const auto start = std::chrono::steady_clock::now();
    auto last = start;
    for (int i = 0; i < kReads; ++i) last = std::chrono::steady_clock::now();
    best = std::min<std::chrono::nanoseconds>(best, (last - start) / kReads);
  }
  return best;
}

}  // namespace

ClockCheck::ClockCheck() : start_{read()} {}

auto ClockCheck::read() -> Reading {
  return {read_clock(CLOCK_MONOTONIC), read_clock(CLOCK_MONOTONIC_RAW), read_clock(CLOCK_REALTIME)};
}

auto ClockCheck::check() const -> Result {
  const Reading now = read();
  const auto steady = now.steady - start_.steady;
  const auto raw = now.raw - start_.raw;
  const auto wall = now.wall - start_.wall;
  const double drift = raw.count() > 0 ? static_cast<double>((steady - raw).count()) /
                                             static_cast<double>(raw.count())
                                       : 0;
  return {drift, wall - steady, measure_read_cost()};
}
