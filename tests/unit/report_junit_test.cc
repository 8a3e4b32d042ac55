#include "report_junit.h"

#include <catch2/catch.hpp>

#include "support/sample_report.h"

namespace {

using Json = nlohmann::ordered_json;

bool has(const Json& report, const std::string& text) {
  return report_junit(report).find(text) != std::string::npos;
}

}  // namespace

TEST_CASE("report_junit: what passes has no failure") {
  CHECK(has(sample_report(), "tests=\"3\" failures=\"0\""));
}

TEST_CASE("report_junit: every way to end badly has a case that fails") {
  for (const char* status : {"failed", "regressed", "invalid", "interrupted", "not connected"}) {
    Json report = sample_report();
    reject(report, status, "this is why");

    CHECK(has(report, "failures=\"1\""));
    CHECK(has(report, "<failure message=\"this is why\"/>"));
  }
}

TEST_CASE("report_junit: a search that finds nothing fails") {
  Json report = sample_report();
  report["search"] = {{"for", "rate"}, {"best", 0}, {"trials", Json::array()}};
  reject(report, "failed", "no load holds");

  CHECK(has(report, "name=\"a load holds\"><failure message=\"no load holds\"/>"));
  CHECK(has(report, "failures=\"1\""));
}

TEST_CASE("report_junit: reasons belong to the cases that they are about") {
  Json report = sample_report();
  reject(report, "invalid", "it was late");
  reject(report, "failed", "threshold x is not met: 5");

  CHECK(has(report, "name=\"the result is valid\"><failure message=\"it was late\"/>"));
}
