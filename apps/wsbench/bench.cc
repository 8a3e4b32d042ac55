#include "bench.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <wskit/error.h>

#include "connection_ramp.h"
#include "execution.h"
#include "exit_code.h"
#include "live_outputs.h"
#include "merging.h"
#include "outcome.h"
#include "planning.h"
#include "preflight.h"
#include "process_usage.h"
#include "prometheus_exporter.h"
#include "report_output.h"
#include "search.h"

namespace {

/// A second, where a search for the rate begins.
constexpr double kFirstRate = 1000;

std::optional<ProcessGroup> target_of(const Options& options, std::size_t number) {
  if (!options.unit.empty()) return ProcessGroup{options.unit};
  if (options.pids.empty()) return std::nullopt;
  if (options.mode != Mode::compare) return ProcessGroup{options.pids};
  // Of several servers each has a process of its own.
  if (options.pids.size() <= number) return std::nullopt;
  return ProcessGroup{std::vector{options.pids[number]}};
}

/// Throws if the machine cannot do what is asked of it.
void prepare(const Plan& plan, const Options& options) {
  std::string fatal;
  const bool is_unix =
      !options.client.route.unix_path.empty() || options.client.url.starts_with("ws+unix:");
  for (const Problem& problem : prepare_machine({.connections = ConnectionRamp{plan.options}.most(),
                                .local_addresses = plan.settings.size(),
                                .is_unix = is_unix,
                                .is_loopback = plan.is_loopback})) {
    const std::string line = fmt::format("{}; this mends it: {}", problem.what, problem.command);
    if (problem.is_fatal) {
      fatal += (fatal.empty() ? "" : "\nwsbench: ") + line;
    } else {
      std::fputs(fmt::format("wsbench: {}\n", line).c_str(), stderr);
    }
  }
  if (!fatal.empty()) throw wskit::Error{fatal};
}

/// What all runs of a command have in common.
class Bench {
 public:
  explicit Bench(const Options& options) : options_{options}, outcome_{options} {
    for (const Output& output : options.outputs) {
      if (output.format != "prometheus") continue;
      exporter_ = std::make_unique<PrometheusExporter>(output.target);
      if (options.is_quiet) continue;
      std::fputs(fmt::format("metrics are at http://{}/metrics\n", exporter_->address()).c_str(),
                 stderr);
    }
  }

  int repeat();
  int compare();
  int search();

 private:
  using Thresholds = std::vector<Threshold>;

  /// Some thresholds may end it early.
  RunResult run(const Plan& plan, std::optional<ProcessGroup>& target,
                const Thresholds& thresholds);
  std::unique_ptr<const Plan> plan_trial(std::uint64_t load) const;
  void note_trial(Search& search, Trial trial) const;

  const Options& options_;
  Outcome outcome_;
  std::unique_ptr<PrometheusExporter> exporter_;
};

RunResult Bench::run(const Plan& plan, std::optional<ProcessGroup>& target,
                     const Thresholds& thresholds) {
  LiveOutputs live{options_, plan, exporter_.get(), thresholds};
  return execute(plan, target ? &*target : nullptr, live);
}

int Bench::repeat() {
  const auto plan = make_plan(options_, options_.client.url);
  prepare(*plan, options_);
  auto target = target_of(options_, 0);
  for (std::size_t i = 0; i < options_.repeat_count; ++i) {
    outcome_.add(*plan, run(*plan, target, outcome_.thresholds()));
    if (outcome_.is_over()) break;
  }
  return outcome_.finish();
}

/// In turn, each round in the other order, so that a drift of the machine meets all alike.
int Bench::compare() {
  std::vector<std::unique_ptr<const Plan>> plans;
  std::vector<std::optional<ProcessGroup>> targets;
  for (std::size_t i = 0; i < options_.urls.size(); ++i) {
    plans.push_back(make_plan(options_, options_.urls[i]));
    prepare(*plans.back(), options_);
    targets.push_back(target_of(options_, i));
  }
  const Thresholds none;
  for (std::size_t round = 0; round < options_.repeat_count && !outcome_.is_over(); ++round) {
    for (std::size_t turn = 0; turn < plans.size() && !outcome_.is_over(); ++turn) {
      const std::size_t i = round % 2 == 0 ? turn : plans.size() - 1 - turn;
      // The first is what the others are measured by: no threshold is for it.
      const Thresholds& thresholds = i == 0 ? none : outcome_.thresholds();
      outcome_.add(*plans[i], run(*plans[i], targets[i], thresholds), i);
    }
  }
  return outcome_.finish();
}

std::unique_ptr<const Plan> Bench::plan_trial(std::uint64_t load) const {
  Options options = options_;
  if (options.search.is_for_rate) {
    options.load.rate = static_cast<double>(load);
  } else {
    options.load.connections = load;
    if (options.rate_per_connection > 0) {
      options.load.rate = options.rate_per_connection * static_cast<double>(load);
    }
  }
  auto plan = make_plan(options, options.client.url);
  prepare(*plan, options);
  return plan;
}

void Bench::note_trial(Search& search, Trial trial) const {
  if (!options_.is_quiet) {
    const char* const name = options_.search.is_for_rate ? "rate" : "connections";
    const std::string text = trial.holds ? "holds" : trial.reason;
    std::fputs(fmt::format("{} {}: {}\n", name, trial.load, text).c_str(), stderr);
  }
  search.note(std::move(trial));
}

int Bench::search() {
  auto target = target_of(options_, 0);
  const LoadOptions& options = options_.load;
  const double first = !options_.search.is_for_rate ? static_cast<double>(options.connections)
                       : options.rate > 0           ? options.rate
                                                    : kFirstRate;
  Search search{static_cast<std::uint64_t>(std::max(1.0, first))};
  const Thresholds slo{options_.search.slo.begin(), options_.search.slo.end()};
  while (search.next_load() != 0 && !outcome_.is_over()) {
    const std::uint64_t load = search.next_load();
    std::unique_ptr<const Plan> plan;
    try {
      plan = plan_trial(load);
    } catch (const wskit::Error& error) {
      // What was found until then is worth a report.
      if (search.trials().empty()) throw;
      note_trial(search, {.load = load, .is_limited_by_generator = true, .reason = error.what()});
      break;
    }
    RunResult result = run(*plan, target, {});
    note_trial(search, judge_trial(*plan, result, slo, load, options_.checks.accepts_invalid));
    outcome_.add_trial(*plan, std::move(result), search);
  }
  outcome_.note_search(search);
  return outcome_.finish();
}

int merge(Options options) {
  const MergedReports merged = merge_reports(options.urls);
  options.load = merged.load;
  options.client.url = merged.url;
  options.repeat_count = merged.runs.size();
  Outcome outcome{options};
  outcome.add_merged(merged);
  return outcome.finish();
}

}  // namespace

int run_bench(const Options& options) {
  check_outputs(options);
  if (options.mode == Mode::merge) return merge(options);
  Bench bench{options};
  switch (options.mode) {
    case Mode::search:
      return bench.search();
    case Mode::compare:
      return bench.compare();
    case Mode::merge:
    case Mode::run:
      break;
  }
  return bench.repeat();
}
