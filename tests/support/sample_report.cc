#include "support/sample_report.h"

#include "metrics.h"
#include "report.h"
#include "summary.h"

RunResult sample_result() {
  RunResult result;
  result.has_begun = true;
  result.opened_count = 1;
  result.has_begun = true;
  result.opened_count = 1;
  result.opening_s = 0.01;
  result.measured_s = result.usage_s = 1;
  result.threads.push_back({.cpu = 0.5, .waiting = 0});
  Tally& tally = result.tally;
  tally.latency.record(1'000'000, 400);
  tally.total.opened = 1;
  tally.total.sent = tally.total.received = tally.total.answered = 400;
  tally.measured = tally.total;
  tally.expected = 400;
  IntervalPoint point;
  point.at_s = 0.17075099999999999;
  point.length_s = 1;
  point.interval.counts = tally.total;
  point.latency = LatencyFigures{tally.latency};
  point.latency = LatencyFigures{tally.latency};
  result.intervals.push_back(point);
  return result;
}

nlohmann::ordered_json sample_report(const RunResult& result) {
  Options options;
  options.client.url = "ws://h/p";
  options.load.connections = 1;
  Plan plan;
  plan.options = options.load;
  nlohmann::ordered_json report = begin_report(options);
  report["verdict"]["statuses"] = nlohmann::ordered_json::array();
  report["runs"].push_back(describe_run(plan, result));
  report["metrics"] = summarise({metrics_of(plan, result)});
  return report;
}

void reject(nlohmann::ordered_json& report, const char* status, const char* reason) {
  report["verdict"]["status"] = status;
  report["verdict"]["reasons"].push_back(reason);
  report["verdict"]["statuses"].push_back(status);
}
