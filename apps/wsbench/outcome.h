#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "baseline.h"
#include "merging.h"
#include "metrics.h"
#include "options.h"
#include "plan.h"
#include "run_result.h"
#include "search.h"
#include "threshold.h"

/// Whether a trial's load holds: it went on to its end, every message was sent, nothing was lost,
/// and the SLO is met.
Trial judge_trial(const Plan& plan, const RunResult& result, const std::vector<Threshold>& slo,
                  std::uint64_t load, bool accepts_invalid);

/// Gathers runs into a report, and judges them.
class Outcome {
 public:
  /// `options` outlive it. Throws wskit::Error for thresholds, limits and baselines that are
  /// malformed.
  explicit Outcome(const Options& options);

  const std::vector<Threshold>& thresholds() const { return thresholds_; }

  /// `target` counts the URLs of a comparison.
  void add(const Plan& plan, RunResult result, std::size_t target = 0);

  /// Of merged reports, which were judged when they were measured.
  void add_merged(const MergedReports& merged);

  /// After the search has noted the trial. Keeps the run of the best load only.
  void add_trial(const Plan& plan, RunResult result, const Search& search);
  void note_search(const Search& search);

  /// Whether no more runs make sense: interrupted, aborted, or nothing could be connected to.
  bool is_over() const { return is_over_; }

  /// Judges, writes the outputs and prints the report; returns the exit code.
  int finish();

 private:
  void add_run(const Plan& plan, RunResult result, std::size_t target);
  void check_trust(const Plan& plan, const RunResult& result);
  void check_end(const Plan& plan, const RunResult& result);
  void check_thresholds(const Metrics& metrics, std::size_t run_number);
  void check_comparison(const nlohmann::ordered_json& compared);
  void compare_targets();
  void warn(const std::string& text);

  /// Notes why the result is not what it should be: `status` is one of the verdict's.
  void reject(int code, const std::string& status, const std::string& reason);

  /// The same, if --accept-invalid does not make a warning of it.
  void distrust_for(const std::string& problem);

  const Options& options_;
  std::vector<Threshold> thresholds_;
  std::vector<RegressionLimit> limits_;
  std::optional<Baseline> baseline_;
  nlohmann::ordered_json report_;
  std::vector<std::vector<Metrics>> metrics_;  ///< of each target's runs
  int exit_code_ = 0;
  bool is_over_ = false;
};
