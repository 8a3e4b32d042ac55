#include "outcome.h"

#include <algorithm>
#include <array>
#include <csignal>
#include <utility>

#include <fmt/format.h>

#include "exit_code.h"
#include "public_url.h"
#include "report.h"
#include "report_output.h"
#include "summary.h"
#include "verdict.h"

namespace {

using Json = nlohmann::ordered_json;

/// Which of two exit codes says more: an interruption, then what makes the others meaningless.
int rank(int code) {
  constexpr std::array<int, 5> kWeakestFirst{kExitOk, kExitRegression, kExitThreshold, kExitInvalid,
                                             kExitNotConnected};
  return static_cast<int>(std::ranges::find(kWeakestFirst, code) - kWeakestFirst.begin());
}

}  // namespace

Trial judge_trial(const Plan& plan, const RunResult& result, const std::vector<Threshold>& slo,
                  std::uint64_t load, bool accepts_invalid) {
  Trial trial{.load = load};
  if (result.is_interrupted) {
    trial.reason = "it was interrupted";
    return trial;
  }
  const Distrust found = distrust(plan, result);
  const Counts& total = result.tally.total;
  if (!found.problems.empty() && !accepts_invalid) {
    trial.is_limited_by_generator = true;
    trial.reason = found.problems.front();
  } else if (total.failed > 0 || total.ended > 0) {
    trial.reason = fmt::format("{} connections failed, {} were lost", total.failed, total.ended);
  } else if (result.tally.lost > 0 || total.unsent > 0) {
    trial.reason =
        fmt::format("{} messages were lost, {} could not be sent", result.tally.lost, total.unsent);
  }
  const Metrics metrics = metrics_of(plan, result);
  for (const Threshold& threshold : slo) {
    const ThresholdResult checked = threshold.check(metrics);
    if (checked.is_met || !trial.reason.empty()) continue;
    trial.reason = fmt::format("{} is {}", checked.expression, checked.text);
  }
  trial.holds = trial.reason.empty();
  return trial;
}

Outcome::Outcome(const Options& options)
    : options_{options},
      limits_{parse_regression_limits(options.checks.max_regression)},
      report_(begin_report(options)) {
  for (const std::string& text : options.checks.thresholds) thresholds_.emplace_back(text);
  if (!options.checks.baseline_file.empty()) {
    baseline_.emplace(options.checks.baseline_file, limits_);
  }
  report_["verdict"]["statuses"] = Json::array();
  if (options.mode != Mode::compare) return;
  for (const std::string& url : options.urls) report_["urls"].push_back(public_url(url));
}

void Outcome::warn(const std::string& text) {
  Json& warnings = report_["verdict"]["warnings"];
  if (std::ranges::find(warnings, Json(text)) == warnings.end()) warnings.push_back(text);
}

void Outcome::reject(int code, const std::string& status, const std::string& reason) {
  Json& verdict = report_["verdict"];
  if (std::ranges::find(verdict["reasons"], Json(reason)) == verdict["reasons"].end()) {
    verdict["reasons"].push_back(reason);
    verdict["statuses"].push_back(status);
  }
  const bool is_weaker =
      exit_code_ > kExitSignal || (code < kExitSignal && rank(code) <= rank(exit_code_));
  if (is_weaker) return;
  exit_code_ = code;
  verdict["status"] = status;
}

void Outcome::distrust_for(const std::string& problem) {
  if (options_.checks.accepts_invalid) return warn(problem);
  reject(kExitInvalid, "invalid", problem);
}

void Outcome::check_trust(const Plan& plan, const RunResult& result) {
  const Distrust found = distrust(plan, result);
  for (const std::string& warning : found.warnings) warn(warning);
  for (const std::string& problem : found.problems) distrust_for(problem);
}

/// Whether the run went on to its end.
void Outcome::check_end(const Plan& plan, const RunResult& result) {
  const std::string absence = find_absence(plan, result);
  if (!absence.empty()) {
    reject(kExitNotConnected, "not connected", absence);
    is_over_ = true;
  }
  if (result.signal != 0) {
    reject(kExitSignal + result.signal, "interrupted",
           fmt::format("by {}: what was measured until then is reported",
                       result.signal == SIGINT ? "SIGINT" : "SIGTERM"));
    is_over_ = true;
  }
}

void Outcome::add_run(const Plan& plan, RunResult result, std::size_t target) {
  Json run = describe_run(plan, result);
  if (options_.mode == Mode::compare) run["target_number"] = target + 1;
  report_["runs"].push_back(std::move(run));
  metrics_.resize(std::max(metrics_.size(), target + 1));
  metrics_[target].push_back(metrics_of(plan, result));
  // Of a comparison the first server is what the others are measured by.
  if (options_.mode != Mode::compare || target > 0) {
    check_thresholds(metrics_[target].back(), report_["runs"].size());
  }
}

void Outcome::add(const Plan& plan, RunResult result, std::size_t target) {
  check_trust(plan, result);
  check_end(plan, result);
  const bool is_aborted = result.is_interrupted && result.signal == 0;
  add_run(plan, std::move(result), target);
  if (!is_aborted) return;
  is_over_ = true;
  const auto is_met = [](const Json& threshold) { return threshold["ok"].get<bool>(); };
  if (!std::ranges::all_of(report_["thresholds"], is_met)) return;
  reject(kExitThreshold, "failed",
         fmt::format("run {} was ended when a threshold was crossed, which was met in the end",
                     report_["runs"].size()));
}

void Outcome::add_merged(const MergedReports& merged) {
  report_["started"] = merged.started;
  report_["merged"] = options_.urls.size();
  for (const std::string& warning : merged.warnings) warn(warning);
  for (const std::string& problem : merged.problems) distrust_for(problem);
  for (const MergedReports::Run& run : merged.runs) {
    Plan plan;
    plan.options = run.load;
    check_end(plan, run.result);
    add_run(plan, run.result, 0);
  }
}

void Outcome::add_trial(const Plan& plan, RunResult result, const Search& search) {
  // A server that takes nobody at a higher load is what a search looks for.
  if (search.best_load() == 0 || result.signal != 0) check_end(plan, result);
  const Trial& trial = search.trials().back();
  if (!trial.holds || trial.load != search.best_load()) return;
  metrics_.clear();
  report_["runs"].clear();
  report_["verdict"]["warnings"].clear();
  check_trust(plan, result);
  add_run(plan, std::move(result), 0);
}

void Outcome::note_search(const Search& search) {
  Json trials = Json::array();
  for (const Trial& trial : search.trials()) {
    trials.push_back({{"load", trial.load},
                      {"holds", trial.holds},
                      {"limited_by_generator", trial.is_limited_by_generator},
                      {"reason", trial.reason}});
  }
  report_["search"] = {{"for", options_.search.is_for_rate ? "rate" : "connections"},
                       {"best", search.best_load()},
                       {"trials", std::move(trials)}};
  if (search.trials().empty()) return;
  const Trial& least = *std::ranges::min_element(
      search.trials(), {}, [](const Trial& trial) { return trial.holds ? ~0ULL : trial.load; });
  if (!least.holds && least.is_limited_by_generator) {
    distrust_for("the generator, not the server, was the limit of the search: " + least.reason);
  }
  if (search.best_load() > 0 || is_over_) return;
  reject(kExitThreshold, "failed",
         fmt::format("no load holds; at {}: {}", least.load, least.reason));
}

void Outcome::check_thresholds(const Metrics& metrics, std::size_t run_number) {
  for (const Threshold& threshold : thresholds_) {
    const ThresholdResult result = threshold.check(metrics);
    report_["thresholds"].push_back(describe(result, run_number));
    if (result.is_met) continue;
    reject(kExitThreshold, "failed",
           fmt::format("threshold {} is not met: {}", result.expression, result.text));
  }
}

void Outcome::check_comparison(const Json& compared) {
  const bool has_servers = options_.mode == Mode::compare && options_.urls.size() > 2;
  const std::string of =
      has_servers ? fmt::format("server {}: ", compared["target_number"].get<std::size_t>()) : "";
  for (const Json& comparison : compared["comparisons"]) {
    if (comparison["ok"].get<bool>()) continue;
    reject(kExitRegression, "regressed", of + describe_regression(comparison));
  }
}

/// The first target's runs are the baseline of the others.
void Outcome::compare_targets() {
  if (options_.mode != Mode::compare || metrics_.empty()) return;
  Json reference = report_;
  reference["metrics"] = summarise(metrics_.front());
  const Baseline baseline{public_url(options_.urls.front()), std::move(reference), limits_};
  report_["comparisons"] = Json::array();
  for (std::size_t i = 1; i < metrics_.size(); ++i) {
    Json other = report_;
    other["metrics"] = summarise(metrics_[i]);
    Json compared = baseline.compare(other);
    compared["target_number"] = i + 1;
    check_comparison(compared);
    report_["comparisons"].push_back(std::move(compared));
  }
}

int Outcome::finish() {
  report_["metrics"] = summarise(metrics_.empty() ? std::vector<Metrics>{} : metrics_.back());
  if (baseline_) {
    report_["baseline"] = baseline_->compare(report_);
    for (const Json& warning : report_["baseline"]["warnings"]) warn(warning.get<std::string>());
    check_comparison(report_["baseline"]);
  }
  compare_targets();
  report_["verdict"]["exit_code"] = exit_code_;
  write_outputs(report_, options_);
  return exit_code_;
}
