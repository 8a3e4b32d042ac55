#include "placement.h"

#include <sched.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <system_error>
#include <thread>

namespace bench {

namespace {

constexpr unsigned kSeries = 20;
constexpr unsigned kRoundTripsPerSeries = 1000;

class Ball {
 public:
  void await(unsigned value) const {
    while (turn_.load(std::memory_order_acquire) != value) {
    }
  }
  void pass(unsigned value) { turn_.store(value, std::memory_order_release); }

 private:
  alignas(128) std::atomic<unsigned> turn_ = 0;
};

}  // namespace

void pin_to_cpu(int cpu) {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(static_cast<std::size_t>(cpu), &set);
  if (sched_setaffinity(0, sizeof set, &set) != 0) {
    throw std::system_error(errno, std::generic_category(), "cannot pin to the CPU");
  }
}

double cross_core_ns(int other_cpu) {
  cpu_set_t own;
  if (sched_getaffinity(0, sizeof own, &own) != 0) return 0;
  if (CPU_ISSET(static_cast<std::size_t>(other_cpu), &own)) return 0;

  Ball ball;
  std::thread partner([&ball, other_cpu] {
    pin_to_cpu(other_cpu);
    for (unsigned trip = 0; trip < kSeries * kRoundTripsPerSeries; ++trip) {
      ball.await(2 * trip + 1);
      ball.pass(2 * trip + 2);
    }
  });
  auto best = std::chrono::nanoseconds::max();
  for (unsigned series = 0; series < kSeries; ++series) {
    const auto start = std::chrono::steady_clock::now();
    for (unsigned i = 0; i < kRoundTripsPerSeries; ++i) {
      const unsigned trip = series * kRoundTripsPerSeries + i;
      ball.pass(2 * trip + 1);
      ball.await(2 * trip + 2);
    }
    best = std::min<std::chrono::nanoseconds>(best, std::chrono::steady_clock::now() - start);
  }
  partner.join();
  return static_cast<double>(best.count()) / kRoundTripsPerSeries;
}

}  // namespace bench
