#include "option_scopes.h"

#include <algorithm>
#include <vector>

#include <fmt/format.h>
#include <wskit/error.h>

#include "scenario_name.h"

namespace {

using enum Scenario;

/// Options that only some scenarios look at.
struct Scope {
  std::vector<Scenario> scenarios;
  std::vector<std::string> options;
};

const std::vector<Scope>& scopes() {
  static const std::vector<Scope> all{
      {{echo, send, fanout}, {"--rate", "--rate-per-conn", "--size", "--binary"}},
      {{echo, send, recv, fanout}, {"--messages"}},
      {{echo, fanout}, {"--pipeline"}},
      {{echo, send}, {"--message", "--message-file", "--template"}},
      {{echo}, {"--verify"}},
      {{fanout},
       {"--subscribers", "--publishers", "--subscribe", "--subscribe-ack", "--publish",
        "--publish-url", "--publish-header"}},
      {{idle}, {"--ping-interval", "--ping-timeout"}},
      {{churn}, {"--lifetime"}},
      {{storm}, {"--drop", "--at"}},
  };
  return all;
}

std::string names_of(const std::vector<Scenario>& scenarios) {
  std::vector<std::string> names;
  for (const Scenario scenario : scenarios) names.push_back(scenario_name(scenario));
  return fmt::format("{}", fmt::join(names, ", "));
}

}  // namespace

void check_option_scopes(const std::function<bool(const std::string& option)>& is_given,
                         const Options& options) {
  if (options.mode == Mode::merge) return;
  const Scenario scenario = options.load.scenario;
  for (const Scope& scope : scopes()) {
    if (std::ranges::find(scope.scenarios, scenario) != scope.scenarios.end()) continue;
    for (const std::string& option : scope.options) {
      if (!is_given(option)) continue;
      throw wskit::Error{fmt::format("{} is for {}, not for {}", option, names_of(scope.scenarios),
                                     scenario_name(scenario))};
    }
  }
  if (options.mode == Mode::search) return;
  for (const char* option : {"--search", "--slo"}) {
    if (is_given(option)) throw wskit::Error{fmt::format("{} is for search", option)};
  }
}
