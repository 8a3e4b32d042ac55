#include "metrics.h"

#include <optional>

#include "measures.h"
#include "report.h"

namespace {

/// `value` is that of the whole run; until it is known, the mean so far stands for it.
Gauge gauge_of(const RunResult& result, std::optional<double> value,
               double (*sample)(const IntervalPoint& point)) {
  Gauge gauge;
  double sum = 0;
  double time = 0;
  for (const IntervalPoint& point : result.intervals) {
    if (!point.is_measured) continue;
    gauge.samples.push_back(sample(point));
    sum += gauge.samples.back() * point.length_s;
    time += point.length_s;
  }
  gauge.value = value ? *value : time > 0 ? sum / time : 0;
  return gauge;
}

void add_target(Metrics& metrics, const Plan& plan, const RunResult& result) {
  const bool is_over = result.usage_s > 0;
  Gauge rss;
  Gauge cpu;
  if (result.target) {
    rss = gauge_of(result, static_cast<double>(result.target->rss_peak_bytes),
                   [](const IntervalPoint& point) {
                     return static_cast<double>(point.target_rss_bytes.value_or(0));
                   });
    cpu = gauge_of(result,
                   is_over ? std::optional{result.target->cpu_s / result.usage_s} : std::nullopt,
                   [](const IntervalPoint& point) { return point.target_cpu.value_or(0); });
  }
  Gauge cost;
  if (result.target && is_over) {
    cost.value = cost_us(plan, result);
    cost.samples = {cost.value};
  }
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
  metrics.emplace("recovery", tally.recovery);
  metrics.emplace("connect", tally.connect);
  metrics.emplace("handshake", tally.handshake);
  metrics.emplace("gen_lag", tally.lag);
  metrics.emplace("loss", Tallied{tally.lost, tally.expected});
  const std::uint64_t errors = total.failed + total.ended + total.unsent + total.mismatched +
                               total.duplicated + total.reordered + total.failed_publishes;
  metrics.emplace("errors", Tallied{errors, total.opened + total.failed + total.sent});
  std::optional<double> rate;
  if (result.measured_s > 0) {
    rate = per_second(tally.measured.sent + tally.measured.received, result.measured_s);
  }
  metrics.emplace("rate", gauge_of(result, rate, [](const IntervalPoint& point) {
                    const Counts& counts = point.interval.counts;
                    return per_second(counts.sent + counts.received, point.length_s);
                  }));
  const std::size_t open = result.intervals.empty() ? total.opened - total.ended
                                                    : result.intervals.back().interval.open_count;
  metrics.emplace("conns",
                  gauge_of(result, static_cast<double>(open), [](const IntervalPoint& point) {
                    return static_cast<double>(point.interval.open_count);
                  }));
  add_target(metrics, plan, result);
  return metrics;
}
