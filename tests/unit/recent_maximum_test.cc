#include "core/recent_maximum.h"

#include <catch2/catch.hpp>

using wskit::RecentMaximum;

TEST_CASE("RecentMaximum: keeps a value for one to two periods, however often it is asked") {
  constexpr auto kPeriod = RecentMaximum::kPeriodNs;
  RecentMaximum recent;

  recent.add(10 * kPeriod, 7);
  recent.add(10 * kPeriod + 1, 3);
  CHECK(recent.value(10 * kPeriod + 2) == 7);
  CHECK(recent.value(10 * kPeriod + 2) == 7);
  CHECK(recent.value(11 * kPeriod) == 7);

  recent.add(11 * kPeriod + 1, 5);
  CHECK(recent.value(12 * kPeriod - 1) == 7);
  CHECK(recent.value(12 * kPeriod) == 5);
  CHECK(recent.value(14 * kPeriod) == 0);
}
