#include "baseline.h"

#include <wskit/error.h>
#include <catch2/catch.hpp>

namespace {

using Json = nlohmann::ordered_json;

Json report_with(double p99, double best_p99, double rate = 1000) {
  return {
      {"scenario", "echo"},
      {"options", {{"connections", 1}, {"rate", 0}, {"in_flight", 1}, {"payload_bytes", {64, 64}}}},
      {"metrics",
       {{"rtt.p99",
         {{"unit", "ms"}, {"median", p99}, {"min", best_p99}, {"max", p99}, {"spread", 0}}},
        {"rate.value",
         {{"unit", "1/s"}, {"median", rate}, {"min", rate}, {"max", rate}, {"spread", 0}}}}}};
}

bool is_ok(const std::string& limits, const Json& report) {
  const Baseline baseline{"base", report_with(10, 10), parse_regression_limits(limits)};
  const Json compared = baseline.compare(report);
  return compared["comparisons"][0]["ok"].get<bool>();
}

}  // namespace

TEST_CASE("Baseline: what is worse by more than the limit regresses") {
  CHECK(is_ok("rtt.p99=10%", report_with(10.9, 10.9)));
  CHECK_FALSE(is_ok("rtt.p99=10%", report_with(11.1, 11.1)));
  CHECK(is_ok("rtt.p99=0.2", report_with(11.1, 11.1)));
  CHECK(is_ok("rtt.p99=10%", report_with(2, 2)));
}

TEST_CASE("Baseline: one good run of several is no regression") {
  CHECK(is_ok("rtt.p99=10%", report_with(15, 9.9)));
  CHECK_FALSE(is_ok("rtt.p99=10%", report_with(15, 10.1)));
}

TEST_CASE("Baseline: of rates a fall is the regression") {
  CHECK(is_ok("rate=5%", report_with(10, 10, 2000)));
  CHECK(is_ok("rate=5%", report_with(10, 10, 960)));
  CHECK_FALSE(is_ok("rate=5%", report_with(10, 10, 940)));
}

TEST_CASE("Baseline: what one of them lacks is not ok, and says so") {
  const Baseline baseline{"base", report_with(10, 10), parse_regression_limits("delivery.p99=10%")};
  const Json compared = baseline.compare(report_with(10, 10));

  CHECK_FALSE(compared["comparisons"][0]["ok"].get<bool>());
  CHECK(describe_regression(compared["comparisons"][0]).find("delivery.p99 is missing") == 0);
}

TEST_CASE("Baseline: other options are told") {
  Json other = report_with(10, 10);
  other["options"]["connections"] = 5;

  CHECK(Baseline("base", report_with(10, 10), {}).compare(other)["warnings"].size() == 1);
}

TEST_CASE("Baseline: without limits the main figures of both are shown, and judge nothing") {
  const Json compared = Baseline{"base", report_with(10, 10), {}}.compare(report_with(30, 30));

  REQUIRE(compared["comparisons"].size() == 2);
  CHECK(compared["comparisons"][0]["metric"] == "rate.value");
  CHECK(compared["comparisons"][1]["metric"] == "rtt.p99");
  CHECK(compared["comparisons"][1]["change"] == 2.0);
  CHECK(compared["comparisons"][1]["limit"].is_null());
  CHECK(compared["comparisons"][1]["ok"] == true);
}

TEST_CASE("Baseline: from nothing no share is small enough") {
  const Json now = report_with(15, 15);
  const Json compared =
      Baseline{"base", report_with(0, 0), parse_regression_limits("rtt.p99=100%")}.compare(now);

  CHECK(compared["comparisons"][0]["change"].is_null());
  CHECK(compared["comparisons"][0]["ok"] == false);
  CHECK(describe_regression(compared["comparisons"][0]) ==
        "rtt.p99 changed from 0 ns to 15.0 ms; 100 % are allowed");
}

TEST_CASE("parse_regression_limits: names what is malformed") {
  for (const char* limits : {"rtt.p98=1%", "rtt.p99", "rtt.p99=", "rtt.p99=x", "rtt.p99=-1%",
                             "p99=1", "rate=nan%", "rate=inf", "nonsense"}) {
    CHECK_THROWS_AS(parse_regression_limits(limits), wskit::Error);
  }
  CHECK(parse_regression_limits("").empty());
}

TEST_CASE("Baseline: reports that are malformed") {
  for (const char* report : {R"({})", R"({"metrics":[]})", R"({"metrics":{"rtt.p99":5}})",
                             R"({"metrics":{"rtt.p99":{"median":"1","min":1,"max":1}}})"}) {
    CHECK_THROWS_AS(Baseline("base", Json::parse(report), {}), wskit::Error);
  }
}
