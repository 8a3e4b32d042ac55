#include "report_text.h"

#include <catch2/catch.hpp>

#include "support/sample_report.h"

namespace {

using Json = nlohmann::ordered_json;

bool shows(const Json& report, const std::string& text, const Options& options = {}) {
  return report_text(report, options).find(text) != std::string::npos;
}

}  // namespace

TEST_CASE("report_text: no percentile is above the longest time") {
  RunResult result = sample_result();
  result.tally.latency = {};
  result.tally.latency.record(1'154'900'000);

  const Json report = sample_report(result);

  CHECK(shows(report, "1.15 s"));
  CHECK_FALSE(shows(report, "1.16 s"));
}

TEST_CASE("report_text: costs have units, and memory of each connection needs many") {
  RunResult result = sample_result();
  result.own_rss_bytes = 1'000'000;

  CHECK(shows(sample_report(result), "0.50 cores, 1.25 ms/round trip, late by 0 ns (p99)\n"));
  result.tally.total.opened = result.opened_count = 1000;
  CHECK(shows(sample_report(result), "(p99), 1000 B/connection\n"));
}

TEST_CASE("report_text: where nothing was done, nothing of it has a cost") {
  RunResult result = sample_result();
  result.tally.latency = {};
  result.tally.measured = {};

  CHECK(shows(sample_report(result), "0.50 cores, late by 0 ns (p99)\n"));
}

TEST_CASE("report_text: what peers say cannot drive a terminal") {
  RunResult result = sample_result();
  result.tally.total.ended = 1;
  note_cause(result.tally.endings, "4001", "\x1b[31mred\n");

  CHECK(shows(sample_report(result), "1 × 4001 (\\x1b[31mred)\n"));
}

TEST_CASE("report_text: each reason begins with what it is about") {
  Json report = sample_report();
  reject(report, "failed", "threshold x is not met: 5");
  reject(report, "invalid", "it was late");

  CHECK(shows(report, "\nfailed: threshold x is not met: 5\ninvalid: it was late\n"));
}

TEST_CASE("report_text: a warm-up is in the counts, which is told") {
  Options options;
  options.load.warmup = std::chrono::seconds{1};

  CHECK(shows(sample_report(), "Counts are with the warm-up", options));
  CHECK_FALSE(shows(sample_report(), "warm-up"));
}

TEST_CASE("report_text: connections that came later are told apart") {
  RunResult result = sample_result();
  result.tally.total.opened = 4;

  CHECK(shows(sample_report(result), "1 of 1 opened in 10.0 ms, 100/s, 3 later\n"));
}

TEST_CASE("report_text: what was not published is told, with why") {
  RunResult result = sample_result();
  result.tally.total.failed_publishes = 2;
  note_cause(result.tally.publish_failures, "HTTP 404", "not found", 2);

  CHECK(shows(sample_report(result), "2 failed publishes\n"));
  CHECK(shows(sample_report(result), "2 × HTTP 404 (not found)\n"));
}

TEST_CASE("report_text: an opening that was interrupted has no rate") {
  RunResult result = sample_result();
  result.opened_count = 0;

  CHECK(shows(sample_report(result), "1 of 1 opened\n"));
}
