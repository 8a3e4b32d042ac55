#pragma once

#include <memory>
#include <string>
#include <vector>

#include "options.h"
#include "progress.h"
#include "prometheus_exporter.h"
#include "threshold.h"

/// What sees a run as it goes on: the terminal, Prometheus, and thresholds that end it.
class LiveOutputs final : public RunObserver {
 public:
  /// `exporter` may be null.
  LiveOutputs(const Options& options, const Plan& plan, PrometheusExporter* exporter,
              const std::vector<Threshold>& thresholds);

  void on_opening(std::size_t open_count, const Counts& counts) override;
  void on_interval(const IntervalPoint& point, const RunResult& so_far) override;
  bool wants_end() const override { return wants_end_; }

 private:
  bool is_judged(const IntervalPoint& point) const;

  const Plan& plan_;
  PrometheusExporter* exporter_;
  const std::vector<Threshold>& thresholds_;
  std::unique_ptr<Progress> progress_;  ///< null: quiet
  bool aborts_on_fail_;
  bool wants_end_ = false;
};
