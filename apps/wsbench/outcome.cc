#include "outcome.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <utility>

#include <fmt/format.h>

#include "exit_code.h"
#include "report.h"
#include "report_output.h"
#include "summary.h"
#include "verdict.h"

namespace {

using Json = nlohmann::ordered_json;

void add_unique(Json& list, const std::string& text) {
  if (std::ranges::find(list, Json(text)) == list.end()) list.push_back(text);
}

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

Outcome::Outcome(const Options& options) : options_{options}, report_(begin_report(options)) {
  for (const std::string& text : options.checks.thresholds) thresholds_.emplace_back(text);
  if (!options.checks.baseline_file.empty()) {
    baseline_.emplace(options.checks.baseline_file, options.checks.max_regression);
  }
}

void Outcome::begin_merged(const Json& report) {
  for (const char* name : {"scenario", "url", "options", "started"}) {
    if (report.contains(name)) report_[name] = report[name];
  }
  report_["merged"] = options_.urls.size();
}

void Outcome::fail(int code, const std::string& status) {
  if (exit_code_ > kExitSignal || (code < kExitSignal && rank(code) <= rank(exit_code_))) return;
  exit_code_ = code;
  report_["verdict"]["status"] = status;
}

void Outcome::add(const Plan& plan, RunResult result, std::size_t target) {
  Json& verdict = report_["verdict"];
  Json run = describe_run(plan, result);
  if (options_.mode == Mode::compare) run["target_number"] = target + 1;
  report_["runs"].push_back(std::move(run));
  const Distrust found = distrust(plan, result);
  for (const std::string& warning : found.warnings) add_unique(verdict["warnings"], warning);
  for (const std::string& problem : found.problems) {
    add_unique(verdict[options_.checks.accepts_invalid ? "warnings" : "reasons"], problem);
  }
  if (!found.problems.empty() && !options_.checks.accepts_invalid) fail(kExitInvalid, "invalid");
  const std::string absence = find_absence(plan, result);
  if (!absence.empty()) {
    add_unique(verdict["reasons"], absence);
    fail(kExitNotConnected, "not connected");
    is_over_ = true;
  }
  if (result.signal != 0) {
    fail(kExitSignal + result.signal, "interrupted");
    is_over_ = true;
  }
  metrics_.resize(std::max(metrics_.size(), target + 1));
  metrics_[target].push_back(metrics_of(plan, result));
  // Of a comparison the first server is what the others are measured by.
  if (options_.mode != Mode::compare || target > 0) {
    check(metrics_[target].back(), report_["runs"].size());
  }
}

void Outcome::add_trial(const Plan& plan, RunResult result, const Search& search) {
  const Trial& trial = search.trials().back();
  if (result.signal != 0) {
    fail(kExitSignal + result.signal, "interrupted");
    is_over_ = true;
  }
  if (result.tally.total.opened == 0) {
    fail(kExitNotConnected, "not connected");
    is_over_ = true;
  }
  if (!trial.holds || trial.load != search.best_load()) return;
  metrics_.assign(1, {metrics_of(plan, result)});
  report_["runs"] = Json::array({describe_run(plan, result)});
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
  const auto least = std::ranges::min_element(
      search.trials(), {}, [](const Trial& trial) { return trial.holds ? ~0ULL : trial.load; });
  const bool is_generator = least != search.trials().end() && least->is_limited_by_generator;
  if (is_generator && !options_.checks.accepts_invalid) {
    report_["verdict"]["reasons"].push_back(
        "the generator, not the server, was the limit of the search: " + least->reason);
    fail(kExitInvalid, "invalid");
  }
  if (search.best_load() == 0) {
    report_["verdict"]["reasons"].push_back("no load holds");
    fail(kExitThreshold, "failed");
  }
}

void Outcome::check(const Metrics& metrics, std::size_t run_number) {
  for (const Threshold& threshold : thresholds_) {
    const ThresholdResult result = threshold.check(metrics);
    report_["thresholds"].push_back(describe(result, run_number));
    if (result.is_met) continue;
    add_unique(report_["verdict"]["reasons"],
               fmt::format("threshold {} is not met: {}", result.expression, result.text));
    fail(kExitThreshold, "failed");
  }
}

void Outcome::compare_with_baseline() {
  if (!baseline_) return;
  report_["baseline"] = baseline_->compare(report_);
  for (const Json& warning : report_["baseline"]["warnings"]) {
    add_unique(report_["verdict"]["warnings"], warning.get<std::string>());
  }
  for (const Json& comparison : report_["baseline"]["comparisons"]) {
    if (comparison["ok"].get<bool>()) continue;
    add_unique(report_["verdict"]["reasons"], describe_regression(comparison));
    fail(kExitRegression, "regressed");
  }
}

/// The first target's runs are the baseline of the others.
void Outcome::compare_targets() {
  if (options_.mode != Mode::compare || metrics_.empty()) return;
  const Json first = summarise(metrics_.front());
  Json reference = report_;
  reference["metrics"] = first;
  report_["comparisons"] = Json::array();
  for (std::size_t i = 1; i < metrics_.size(); ++i) {
    Json other = report_;
    other["metrics"] = summarise(metrics_[i]);
    const Baseline baseline{options_.urls.front(), reference, options_.checks.max_regression};
    Json compared = baseline.compare(other);
    compared["target_number"] = i + 1;
    for (const Json& comparison : compared["comparisons"]) {
      if (comparison["ok"].get<bool>()) continue;
      add_unique(report_["verdict"]["reasons"], describe_regression(comparison));
      fail(kExitRegression, "regressed");
    }
    report_["comparisons"].push_back(std::move(compared));
  }
}

int Outcome::finish() {
  if (!metrics_.empty()) report_["metrics"] = summarise(metrics_.back());
  compare_with_baseline();
  compare_targets();
  report_["verdict"]["exit_code"] = exit_code_;
  write_outputs(report_, options_);
  return exit_code_;
}
