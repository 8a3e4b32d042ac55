// placement CPU CPU: prints how many nanoseconds a cache line takes from one CPU to the other and
// back, the least of several series.
//
// A hypervisor places two virtual CPUs now near each other, now apart, and with that changes what
// every send() costs: compare runs only at a like value.

#include <sched.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <exception>
#include <string_view>
#include <system_error>
#include <thread>

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

/// The calling thread.
void pin_to_cpu(unsigned cpu) {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(cpu, &set);
  if (sched_setaffinity(0, sizeof set, &set) != 0) {
    throw std::system_error(errno, std::generic_category(), "cannot pin to the CPU");
  }
}

double round_trip_ns(unsigned cpu, unsigned other_cpu) {
  Ball ball;
  pin_to_cpu(other_cpu);
  std::thread partner([&ball] {
    for (unsigned trip = 0; trip < kSeries * kRoundTripsPerSeries; ++trip) {
      ball.await(2 * trip + 1);
      ball.pass(2 * trip + 2);
    }
  });
  pin_to_cpu(cpu);
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

bool parse(std::string_view text, unsigned& cpu) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), cpu);
  return error == std::errc{} && end == text.data() + text.size() && cpu < CPU_SETSIZE;
}

}  // namespace

int main(int argc, char** argv) {
  unsigned cpu = 0;
  unsigned other_cpu = 0;
  if (argc != 3 || !parse(argv[1], cpu) || !parse(argv[2], other_cpu) || cpu == other_cpu) {
    std::fputs("usage: placement CPU OTHER_CPU\n", stderr);
    return 2;
  }
  try {
    std::printf("%.1f\n", round_trip_ns(cpu, other_cpu));
  } catch (const std::exception& error) {
    std::fprintf(stderr, "placement: %s\n", error.what());
    return 1;
  }
  return 0;
}
