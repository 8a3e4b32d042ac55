#include "option_scopes.h"

#include <algorithm>
#include <array>
#include <utility>
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
  static const std::vector<Scope> kAll{
      {{echo, send, fanout}, {"--rate", "--rate-per-conn", "--size", "--binary"}},
      {{echo, send, recv, fanout}, {"--messages", "--busy-poll"}},
      {{echo, send, recv, fanout, idle}, {"--stage"}},
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
  return kAll;
}

std::string names_of(const std::vector<Scenario>& scenarios) {
  std::vector<std::string> names;
  for (const Scenario scenario : scenarios) names.push_back(scenario_name(scenario));
  return fmt::format("{}", fmt::join(names, ", "));
}

void check_scenario(const GivenOptions& given, Scenario scenario) {
  for (const Scope& scope : scopes()) {
    if (std::ranges::find(scope.scenarios, scenario) != scope.scenarios.end()) continue;
    for (const std::string& option : scope.options) {
      if (!given.contains(option)) continue;
      throw wskit::Error{fmt::format("{} is for {}, not for {}", option, names_of(scope.scenarios),
                                     scenario_name(scenario))};
    }
  }
}

void refuse(const GivenOptions& given, std::initializer_list<const char*> refused,
            const char* mode) {
  for (const char* option : refused) {
    if (given.contains(option)) throw wskit::Error{fmt::format("{} is not for {}", option, mode)};
  }
}

/// Only what judges and shows is left to do.
void check_merge(const GivenOptions& given, const std::vector<Output>& outputs) {
  static const GivenOptions kLookedAt{"--threshold",
                                      "--baseline",
                                      "--max-regression",
                                      "--accept-invalid",
                                      "--out",
                                      "--json",
                                      "--hdr",
                                      "--latency",
                                      "--percentiles",
                                      "--quiet",
                                      "--no-tui",
                                      "--no-latency-correction"};
  for (const std::string& option : given) {
    if (!kLookedAt.contains(option)) {
      throw wskit::Error{fmt::format("{} is not for merge", option)};
    }
  }
  if (std::ranges::find(outputs, "prometheus", &Output::format) != outputs.end()) {
    throw wskit::Error{"--out prometheus is not for merge"};
  }
}

void check_mode(const GivenOptions& given, const Options& options) {
  switch (options.mode) {
    case Mode::search: {
      refuse(given,
             {"--threshold", "--abort-on-fail", "--baseline", "--max-regression", "--repeat",
              "--stage"},
             "search");
      const bool has_rate = options.load.scenario == echo || options.load.scenario == send ||
                            options.load.scenario == fanout;
      if (has_rate || !options.search.is_for_rate) return;
      throw wskit::Error{fmt::format("{} has no rate to search for; --search conns is for it",
                                     scenario_name(options.load.scenario))};
    }
    case Mode::compare:
      refuse(given, {"--baseline", "--unit"}, "compare");
      if (options.pids.size() <= options.urls.size()) return;
      throw wskit::Error{"there are more --pid than URLs to compare"};
    case Mode::merge:
      return check_merge(given, options.outputs);
    case Mode::run:
      break;
  }
}

/// Options that mean nothing without another one, and those that mean the same thing twice.
void check_pairs(const GivenOptions& given, const Options& options) {
  constexpr std::array<std::pair<const char*, const char*>, 2> kNeeds{
      {{"--abort-on-fail", "--threshold"}, {"--subscribe-ack", "--subscribe"}}};
  constexpr std::array<std::pair<const char*, const char*>, 5> kExcludes{
      {{"--connections", "--subscribers"},
       {"--duration", "--messages"},
       {"--messages", "--warmup"},
       {"--rate", "--rate-per-conn"},
       {"--pid", "--unit"}}};
  for (const auto& [option, needed] : kNeeds) {
    if (!given.contains(option) || given.contains(needed)) continue;
    throw wskit::Error{fmt::format("{} needs {}", option, needed)};
  }
  for (const auto& [one, other] : kExcludes) {
    if (!given.contains(one) || !given.contains(other)) continue;
    throw wskit::Error{fmt::format("{} and {} exclude each other", one, other)};
  }
  const bool has_baseline = given.contains("--baseline") || options.mode == Mode::compare;
  if (given.contains("--max-regression") && !has_baseline) {
    throw wskit::Error{"--max-regression needs a --baseline, or compare"};
  }
}

/// Values that cannot both be meant.
void check_values(const GivenOptions& given, const LoadOptions& load) {
  if (load.scenario == storm && load.drop_at >= load.duration) {
    throw wskit::Error{"--at must be before the end of --duration"};
  }
  if (given.contains("--ping-timeout") && load.ping_interval.count() == 0) {
    throw wskit::Error{"--ping-timeout needs Pings: --ping-interval is 0"};
  }
  const bool is_redis = load.scenario == fanout && load.fanout.by == PublishBy::redis;
  if (given.contains("--publish-header") && is_redis) {
    throw wskit::Error{"--publish-header is not for Redis"};
  }
}

}  // namespace

void check_option_scopes(const GivenOptions& given, const Options& options) {
  check_mode(given, options);
  if (options.mode == Mode::merge) return check_pairs(given, options);
  check_scenario(given, options.load.scenario);
  if (options.mode != Mode::search) {
    for (const char* option : {"--search", "--slo"}) {
      if (given.contains(option)) throw wskit::Error{fmt::format("{} is for search", option)};
    }
  }
  check_pairs(given, options);
  check_values(given, options.load);
}
