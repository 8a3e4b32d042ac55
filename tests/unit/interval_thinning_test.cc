#include "interval_thinning.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

namespace {

using Json = nlohmann::ordered_json;

Json interval(int number, double p99) {
  return {{"at_s", number},
          {"length_s", 1},
          {"connections", number},
          {"opened", 1},
          {"failed", 0},
          {"ended", 0},
          {"sent", 10},
          {"received", 9},
          {"latency",
           {{"count", 9}, {"p50", 1}, {"p90", 1}, {"p99", p99}, {"p99.9", p99}, {"max", p99}}},
          {"generator", {{"cpu", number}, {"lag_max", 1}}}};
}

Json intervals_of(int count) {
  Json intervals = Json::array();
  for (int i = 1; i <= count; ++i) intervals.push_back(interval(i, i == 2 ? 70 : 5));
  return intervals;
}

}  // namespace

TEST_CASE("thin_out: leaves alone what is few") {
  Json intervals = intervals_of(3);

  CHECK(thin_out(intervals, 3) == 1);
  CHECK(intervals == intervals_of(3));
}

TEST_CASE("thin_out: adds counts, and keeps the highest latencies") {
  Json intervals = intervals_of(5);

  CHECK(thin_out(intervals, 2) == 3);

  REQUIRE(intervals.size() == 2);
  CHECK(intervals[0]["at_s"] == 3);
  CHECK(intervals[0]["length_s"] == 3);
  CHECK(intervals[0]["connections"] == 3);
  CHECK(intervals[0]["sent"] == 30);
  CHECK(intervals[0]["latency"]["count"] == 27);
  CHECK(intervals[0]["latency"]["p99"] == 70);
  CHECK(intervals[0]["generator"]["cpu"] == 2);
  CHECK(intervals[1]["sent"] == 20);
  CHECK(intervals[1]["latency"]["max"] == 5);
}

TEST_CASE("thin_out: a long run keeps what a plot can show") {
  Json intervals = intervals_of(30'000);

  CHECK(thin_out(intervals, 1000) == 30);
  CHECK(intervals.size() == 1000);
}
