#include "threshold.h"

#include <wskit/error.h>
#include <catch2/catch.hpp>

#include "aggregation.h"

namespace {

Metrics some_metrics() {
  Metrics metrics = empty_metrics();
  Trend rtt;
  for (std::uint64_t ms = 1; ms <= 100; ++ms) rtt.record(ms * 1'000'000);
  metrics["rtt"] = rtt;
  metrics["loss"] = Tallied{2, 1000};
  metrics["errors"] = Tallied{0, 1000};
  metrics["rate"] = Gauge{{100, 300, 200}, 210};
  return metrics;
}

bool is_met(const std::string& expression) {
  return Threshold{expression}.check(some_metrics()).is_met;
}

}  // namespace

TEST_CASE("Threshold: times, with and without a unit") {
  CHECK(is_met("rtt:p(99)<100ms"));
  CHECK_FALSE(is_met("rtt:p(99)<98"));
  CHECK(is_met(" rtt : p( 99 ) <= 0.1s "));
  CHECK(is_met("rtt:max>=99.9ms"));
  CHECK(is_met("rtt:min==1ms"));
  CHECK(is_met("rtt:med<51000us"));
  CHECK(is_met("rtt:avg<51ms"));
  CHECK(is_met("rtt:count===100"));
}

TEST_CASE("Threshold: shares, counts and gauges") {
  CHECK(is_met("loss:rate<0.3%"));
  CHECK_FALSE(is_met("loss:rate<0.002"));
  CHECK(is_met("loss:count!=1"));
  CHECK(is_met("errors:count==0"));
  CHECK(is_met("rate:value>0.2k"));
  CHECK(is_met("rate:max<=300/s"));
  CHECK(is_met("rate:p(50)==200"));
}

TEST_CASE("Threshold: what was not measured meets nothing") {
  const ThresholdResult result = Threshold{"delivery:p(99)<1s"}.check(some_metrics());

  CHECK_FALSE(result.is_met);
  CHECK_FALSE(result.value);
  CHECK(result.text == "no value");
  CHECK(is_met("delivery:count==0"));
  CHECK_FALSE(is_met("target_rss:max<1G"));
}

TEST_CASE("Threshold: what is malformed is named, with what there is") {
  const auto error = [](const std::string& expression) {
    try {
      Threshold{expression};
    } catch (const wskit::Error& problem) {
      return std::string{problem.what()};
    }
    return std::string{};
  };

  CHECK(error("rtr:p(99)<1").find("did you mean rtt") != std::string::npos);
  CHECK(error("rtt:p99<1").find("'p99'") != std::string::npos);
  CHECK(error("rtt:rate<1").find("has avg") != std::string::npos);
  CHECK(error("loss:p(9)<1").find("count and rate") != std::string::npos);
  CHECK(error("rtt:p(99)<soon").find("'soon'") != std::string::npos);
  for (const char* text : {"", "rtt", "rtt<5", "rtt:p(99)", "rtt:p(101)<1", "rtt:p(99)=1",
                           "rtt:p(99)<", "rtt:p(99)<1kg", "rate:value<x", "target_rss:max<-1"}) {
    CHECK_FALSE(error(text).empty());
  }
}

TEST_CASE("Threshold: figures of shares are never in scientific notation") {
  Metrics metrics = empty_metrics();
  metrics["loss"] = Tallied{1, 10'000'000};

  CHECK(Threshold{"loss:rate==0"}.check(metrics).text == "0.00001 %");
}

namespace {

bool can_be_met(const std::string& expression) {
  return Threshold{expression}.can_still_be_met(some_metrics());
}

}  // namespace

TEST_CASE("Threshold: a run goes on while what moves both ways is met, as in k6") {
  CHECK(can_be_met("rtt:p(99)<1s"));
  CHECK_FALSE(can_be_met("rtt:p(99)<1ms"));
  CHECK_FALSE(can_be_met("rtt:avg>1s"));
  CHECK_FALSE(can_be_met("loss:rate<0.1%"));
  CHECK(can_be_met("rate:value>200"));
  CHECK_FALSE(can_be_met("rate:value>1500"));
  CHECK_FALSE(can_be_met("rate:avg<100"));
  CHECK(can_be_met("rtt:med==1ms"));
  CHECK(can_be_met("rtt:p(50)!=50ms"));
  CHECK(can_be_met("delivery:p(99)<1ms"));
}

TEST_CASE("Threshold: what only rises can still be reached, but not left") {
  CHECK(can_be_met("rtt:count>1000"));
  CHECK(can_be_met("rtt:count>=1000"));
  CHECK(can_be_met("rtt:count==1000"));
  CHECK(can_be_met("rtt:count!=100"));
  CHECK_FALSE(can_be_met("rtt:count<10"));
  CHECK_FALSE(can_be_met("rtt:count<=99"));
  CHECK_FALSE(can_be_met("rtt:count==99"));
  CHECK(can_be_met("rtt:max>1s"));
  CHECK(can_be_met("rtt:max==1s"));
  CHECK_FALSE(can_be_met("rtt:max<99ms"));
  CHECK_FALSE(can_be_met("rtt:p(100)<99ms"));
  CHECK_FALSE(can_be_met("loss:count==1"));
  CHECK(can_be_met("loss:count==3"));
  CHECK(can_be_met("rate:max>1000"));
  CHECK_FALSE(can_be_met("rate:max<200"));
}

TEST_CASE("Threshold: what only falls, likewise") {
  CHECK(can_be_met("rtt:min<1us"));
  CHECK(can_be_met("rtt:min==1us"));
  CHECK_FALSE(can_be_met("rtt:min>1s"));
  CHECK_FALSE(can_be_met("rtt:min==2s"));
  CHECK(can_be_met("rate:min<10"));
  CHECK_FALSE(can_be_met("rate:min>150"));
}

TEST_CASE("Threshold: a share is never nothing again, and is taken for what it is when it tells") {
  Metrics metrics = empty_metrics();
  metrics["errors"] = Tallied{1, 10};
  const auto goes_on = [&metrics](const std::string& expression) {
    return Threshold{expression}.can_still_be_met(metrics);
  };

  CHECK_FALSE(goes_on("errors:rate==0"));
  CHECK_FALSE(goes_on("errors:rate<=0"));
  CHECK(goes_on("errors:rate<1%"));
  CHECK(goes_on("errors:rate==1%"));
}
