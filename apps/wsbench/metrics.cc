#include "metrics.h"

#include "measures.h"
#include "report.h"

namespace {

Gauge gauge_of(const RunResult& result, double value,
               double (*sample)(const IntervalPoint& point)) {
  Gauge gauge{{}, value};
  for (const IntervalPoint& point : result.intervals) gauge.samples.push_back(sample(point));
  return gauge;
}

void add_target(Metrics& metrics, const Plan& plan, const RunResult& result) {
  Gauge rss;
  Gauge cpu;
  if (result.target) {
    rss = gauge_of(result, static_cast<double>(result.target->rss_peak_bytes),
                   [](const IntervalPoint& point) {
                     return static_cast<double>(point.target_rss_bytes.value_or(0));
                   });
    cpu = gauge_of(result, result.measured_s > 0 ? result.target->cpu_s / result.measured_s : 0,
                   [](const IntervalPoint& point) { return point.target_cpu.value_or(0); });
  }
  Gauge cost;
  if (result.target) cost.value = cost_us(plan, result);
  if (result.target) cost.samples = {cost.value};
  metrics.emplace("target_us", std::move(cost));
  metrics.emplace("target_rss", std::move(rss));
  metrics.emplace("target_cpu", std::move(cpu));
}

}  // namespace

Metrics metrics_of(const Plan& plan, const RunResult& result) {
  const Tally& tally = result.tally;
  const Counts& total = tally.total;
  const bool is_fanout = plan.options.scenario == Scenario::fanout;
  Metrics metrics;
  metrics.emplace("rtt", is_fanout ? Trend{} : tally.latency);
  metrics.emplace("delivery", is_fanout ? tally.latency : Trend{});
  metrics.emplace("skew", tally.skew);
  metrics.emplace("connect", tally.connect);
  metrics.emplace("handshake", tally.handshake);
  metrics.emplace("gen_lag", tally.lag);
  metrics.emplace("loss", Tallied{tally.lost, tally.expected});
  const std::uint64_t errors = total.failed + total.ended + total.unsent + total.mismatched +
                               total.duplicated + total.reordered + total.failed_publishes;
  metrics.emplace("errors", Tallied{errors, total.opened + total.failed + total.sent});
  metrics.emplace(
      "rate",
      gauge_of(result, per_second(tally.measured.sent + tally.measured.received, result.measured_s),
               [](const IntervalPoint& point) {
                 const Counts& counts = point.interval.counts;
                 return per_second(counts.sent + counts.received, point.length_s);
               }));
  metrics.emplace("conns", gauge_of(result, static_cast<double>(total.opened - total.ended),
                                    [](const IntervalPoint& point) {
                                      return static_cast<double>(point.interval.open_count);
                                    }));
  add_target(metrics, plan, result);
  return metrics;
}
