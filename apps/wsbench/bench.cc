#include "bench.h"

#include <signal.h>

#include <cstdio>
#include <memory>
#include <optional>

#include <fmt/format.h>
#include <wskit/error.h>
#include <wskit/loop.h>
#include <nlohmann/json.hpp>

#include "exit_code.h"
#include "planning.h"
#include "process_usage.h"
#include "progress.h"
#include "report.h"
#include "report_text.h"
#include "run.h"
#include "verdict.h"

namespace {

using Json = nlohmann::ordered_json;

struct Outcome {
  RunResult result;
  int signal = 0;
};

Outcome execute(const Plan& plan, ProcessGroup* target, RunObserver& observer) {
  Outcome outcome;
  wskit::Loop loop;
  Run run{loop, plan, target, observer};
  for (const int signal : {SIGINT, SIGTERM}) {
    loop.on_signal(signal, [&, signal] {
      if (outcome.signal != 0) std::_Exit(kExitSignal + signal);
      outcome.signal = signal;
      run.interrupt();
    });
  }
  run.start([&loop] { loop.stop(); });
  loop.run();
  outcome.result = run.take_result();
  return outcome;
}

std::optional<ProcessGroup> target_of(const Options& options) {
  if (!options.unit.empty()) return ProcessGroup{options.unit};
  if (!options.pids.empty()) return ProcessGroup{options.pids};
  return std::nullopt;
}

}  // namespace

int run_bench(const Options& options) {
  const auto plan = make_plan(options, options.client.url);
  auto target = target_of(options);
  Json report = begin_report(options);
  Json& verdict = report["verdict"];
  int code = kExitOk;
  for (std::size_t i = 0; i < options.repeat_count; ++i) {
    Outcome outcome;
    {
      RunObserver silent;
      Progress progress{*plan, options.has_live_screen};
      outcome = execute(*plan, target ? &*target : nullptr,
                        options.is_quiet ? silent : static_cast<RunObserver&>(progress));
    }
    report["runs"].push_back(describe_run(*plan, outcome.result));
    const Distrust found = distrust(*plan, outcome.result);
    for (const std::string& warning : found.warnings) verdict["warnings"].push_back(warning);
    for (const std::string& problem : found.problems) verdict["reasons"].push_back(problem);
    if (!found.problems.empty() && code == kExitOk) {
      verdict["status"] = "invalid";
      code = kExitInvalid;
    }
    if (outcome.result.tally.total.opened == 0) {
      verdict["status"] = "not connected";
      code = kExitNotConnected;
    }
    if (outcome.signal != 0) {
      verdict["status"] = "interrupted";
      code = kExitSignal + outcome.signal;
      break;
    }
  }
  verdict["exit_code"] = code;
  const std::string text = options.is_json ? report.dump(2) + "\n" : report_text(report, options);
  std::fputs(text.c_str(), stdout);
  return code;
}
