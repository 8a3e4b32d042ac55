#include "live_outputs.h"

#include <algorithm>
#include <chrono>

LiveOutputs::LiveOutputs(const Options& options, const Plan& plan, PrometheusExporter* exporter,
                         const std::vector<Threshold>& thresholds)
    : plan_{plan},
      exporter_{exporter},
      thresholds_{thresholds},
      aborts_on_fail_{options.checks.aborts_on_fail} {
  if (!options.is_quiet) progress_ = std::make_unique<Progress>(plan, options.has_live_screen);
}

void LiveOutputs::on_opening(std::size_t open_count, const Counts& counts) {
  if (progress_) progress_->on_opening(open_count, counts);
}

void LiveOutputs::on_interval(const IntervalPoint& point, const RunResult& so_far) {
  if (progress_) progress_->on_interval(point, so_far);
  if (exporter_ != nullptr) exporter_->show(prometheus_text(plan_, point, so_far));
  if (!aborts_on_fail_ || !is_judged(point)) return;
  const Metrics metrics = metrics_of(plan_, so_far);
  wants_end_ = std::ranges::any_of(thresholds_, [&metrics](const Threshold& threshold) {
    return !threshold.can_still_be_met(metrics);
  });
}

/// Whether the interval was measured, and something comes after it.
bool LiveOutputs::is_judged(const IntervalPoint& point) const {
  const LoadOptions& options = plan_.options;
  const auto until = std::chrono::duration<double>(options.warmup + options.duration);
  const bool is_last = options.messages == 0 && point.at_s >= until.count();
  return point.is_measured && !is_last;
}
