#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "baseline.h"
#include "metrics.h"
#include "options.h"
#include "plan.h"
#include "run_result.h"
#include "search.h"
#include "threshold.h"

/// Whether a trial's load holds: every message was sent, nothing was lost, and the SLO is met.
Trial judge_trial(const Plan& plan, const RunResult& result, const std::vector<Threshold>& slo,
                  std::uint64_t load, bool accepts_invalid);

/// Gathers runs into a report, and judges them.
class Outcome {
 public:
  /// Throws wskit::Error for thresholds and baselines that are malformed.
  explicit Outcome(const Options& options);

  const std::vector<Threshold>& thresholds() const { return thresholds_; }

  /// `target` counts the URLs of a comparison.
  void add(const Plan& plan, RunResult result, std::size_t target = 0);

  /// Keeps the run of the best load only.
  void add_trial(const Plan& plan, RunResult result, const Search& search);
  void note_search(const Search& search);

  /// The report goes on from another one, whose runs are replaced.
  void begin_merged(const nlohmann::ordered_json& report);

  /// Whether no more runs make sense: interrupted, or nothing could be connected to.
  bool is_over() const { return is_over_; }

  /// Judges, writes the outputs and prints the report; returns the exit code.
  int finish();

 private:
  void check(const Metrics& metrics, std::size_t run_number);
  void compare_targets();
  void compare_with_baseline();
  void fail(int code, const std::string& status);

  const Options& options_;
  std::vector<Threshold> thresholds_;
  std::optional<Baseline> baseline_;
  nlohmann::ordered_json report_;
  std::vector<std::vector<Metrics>> metrics_;  ///< of each target's runs
  int exit_code_ = 0;
  bool is_over_ = false;
};
