#include "metrics.h"

#include <catch2/catch.hpp>

namespace {

IntervalPoint second_with(std::uint64_t sent, bool is_measured) {
  IntervalPoint point;
  point.length_s = 1;
  point.interval.counts.sent = sent;
  point.interval.open_count = sent / 100;
  point.is_measured = is_measured;
  return point;
}

const Gauge& gauge(const Metrics& metrics, const std::string& name) {
  return std::get<Gauge>(metrics.at(name));
}

}  // namespace

TEST_CASE("Metrics: the warm-up is no sample") {
  RunResult result;
  for (const auto& [sent, is_measured] : {std::pair{100, false}, {1000, true}, {3000, true}}) {
    result.intervals.push_back(second_with(static_cast<std::uint64_t>(sent), is_measured));
  }

  CHECK(gauge(metrics_of({}, result), "rate").samples == std::vector<double>{1000, 3000});
}

TEST_CASE("Metrics: while it runs the rate is that of the time so far") {
  RunResult result;
  result.intervals = {second_with(1000, true), second_with(3000, true)};

  CHECK(gauge(metrics_of({}, result), "rate").value == 2000);

  result.measured_s = 2;
  result.tally.measured.sent = 5000;
  CHECK(gauge(metrics_of({}, result), "rate").value == 2500);
}

TEST_CASE("Metrics: connections are those that are open at the end") {
  RunResult result;
  result.tally.total.opened = 500;
  result.intervals = {second_with(1000, true), second_with(400, true)};

  CHECK(gauge(metrics_of({}, result), "conns").value == 4);
}
