#include "bench.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <wskit/error.h>
#include <nlohmann/json.hpp>

#include "connection_ramp.h"
#include "execution.h"
#include "exit_code.h"
#include "live_outputs.h"
#include "outcome.h"
#include "planning.h"
#include "preflight.h"
#include "process_usage.h"
#include "prometheus_exporter.h"
#include "report_output.h"
#include "report_reader.h"
#include "search.h"

namespace {

using Json = nlohmann::ordered_json;

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
  int merge();

 private:
  RunResult run(const Plan& plan, std::optional<ProcessGroup>& target);

  const Options& options_;
  Outcome outcome_;
  std::unique_ptr<PrometheusExporter> exporter_;
};

RunResult Bench::run(const Plan& plan, std::optional<ProcessGroup>& target) {
  LiveOutputs live{options_, plan, exporter_.get(), outcome_.thresholds()};
  return execute(plan, target ? &*target : nullptr, live);
}

int Bench::repeat() {
  const auto plan = make_plan(options_, options_.client.url);
  prepare(*plan, options_);
  auto target = target_of(options_, 0);
  for (std::size_t i = 0; i < options_.repeat_count; ++i) {
    outcome_.add(*plan, run(*plan, target));
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
  for (std::size_t round = 0; round < options_.repeat_count && !outcome_.is_over(); ++round) {
    for (std::size_t turn = 0; turn < plans.size() && !outcome_.is_over(); ++turn) {
      const std::size_t i = round % 2 == 0 ? turn : plans.size() - 1 - turn;
      outcome_.add(*plans[i], run(*plans[i], targets[i]), i);
    }
  }
  return outcome_.finish();
}

int Bench::search() {
  auto target = target_of(options_, 0);
  const bool is_for_rate = options_.search.is_for_rate;
  Options trial_options = options_;
  const double first = is_for_rate ? (options_.load.rate > 0 ? options_.load.rate : 1000)
                                   : static_cast<double>(options_.load.connections);
  Search search{static_cast<std::uint64_t>(std::max(1.0, first))};
  std::vector<Threshold> slo;
  for (const std::string& text : options_.search.slo) slo.emplace_back(text);
  while (search.next_load() != 0 && !outcome_.is_over()) {
    const std::uint64_t load = search.next_load();
    if (is_for_rate) {
      trial_options.load.rate = static_cast<double>(load);
    } else {
      trial_options.load.connections = load;
    }
    const auto plan = make_plan(trial_options, options_.client.url);
    prepare(*plan, trial_options);
    RunResult result = run(*plan, target);
    Trial trial = judge_trial(*plan, result, slo, load, options_.checks.accepts_invalid);
    if (!options_.is_quiet) {
      std::fputs(fmt::format("{} {}: {}\n", is_for_rate ? "rate" : "connections", load,
                             trial.holds ? "holds" : trial.reason)
                     .c_str(),
                 stderr);
    }
    search.note(std::move(trial));
    outcome_.add_trial(*plan, std::move(result), search);
  }
  outcome_.note_search(search);
  return outcome_.finish();
}

int Bench::merge() {
  std::vector<RunResult> runs;
  std::optional<Json> first;
  for (const std::string& file : options_.urls) {
    Json report = read_report(file);
    const Scenario scenario = read_scenario(report, file);
    if (first && report["scenario"] != (*first)["scenario"]) {
      throw wskit::Error{
          fmt::format("{}: its scenario differs from that of {}", file, options_.urls.front())};
    }
    for (std::size_t i = 0; i < report["runs"].size(); ++i) {
      RunResult result = read_run(report["runs"][i], scenario, file);
      if (i < runs.size()) {
        merge_run(runs[i], result);
      } else {
        runs.push_back(std::move(result));
      }
    }
    if (!first) first = std::move(report);
  }
  Plan plan;
  plan.options = options_.load;
  plan.options.scenario = read_scenario(*first, options_.urls.front());
  outcome_.begin_merged(*first);
  for (RunResult& result : runs) outcome_.add(plan, std::move(result));
  return outcome_.finish();
}

}  // namespace

int run_bench(const Options& options) {
  check_outputs(options);
  Bench bench{options};
  switch (options.mode) {
    case Mode::search:
      return bench.search();
    case Mode::compare:
      return bench.compare();
    case Mode::merge:
      return bench.merge();
    case Mode::run:
      break;
  }
  return bench.repeat();
}
