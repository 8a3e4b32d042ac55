#include "schedule.h"

#include <catch2/catch.hpp>

using namespace std::chrono_literals;

namespace {

const TimePoint kStart{100s};

double after(const Schedule& schedule, std::uint64_t number) {
  return in_seconds(schedule.due(number) - kStart);
}

}  // namespace

TEST_CASE("Schedule: at one rate events are evenly spaced, for ever") {
  const Schedule schedule{kStart, 250};

  CHECK(schedule.due(0) == kStart);
  CHECK(after(schedule, 1) == Approx(0.004));
  CHECK(after(schedule, 1'000'000) == Approx(4000));
}

TEST_CASE("Schedule: a rate that rises has the events of its area") {
  // From 0 to 100 a second in 10 s: 500 events, the 125th after 5 s.
  const Schedule schedule{kStart, {{10s, 0, 100}}};

  CHECK(after(schedule, 125) == Approx(5));
  CHECK(after(schedule, 500) == Approx(10));
  CHECK(after(schedule, 600) == Approx(11));
}

TEST_CASE("Schedule: stages follow each other, and time never goes back") {
  const Schedule schedule{kStart, {{2s, 100, 100}, {2s, 100, 50}, {4s, 50, 10}}};

  CHECK(after(schedule, 200) == Approx(2));
  CHECK(after(schedule, 350) == Approx(4));
  CHECK(after(schedule, 470) == Approx(8));
  CHECK(after(schedule, 480) == Approx(9));
  for (std::uint64_t i = 1; i < 600; ++i) CHECK(schedule.due(i) > schedule.due(i - 1));
}

TEST_CASE("Schedule: a rate that falls to nothing ends") {
  const Schedule schedule{kStart, {{2s, 10, 0}}};

  CHECK(after(schedule, 5) < 2);
  CHECK(schedule.due(11) == TimePoint::max());
}
