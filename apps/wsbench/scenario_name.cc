#include "scenario_name.h"

#include <algorithm>
#include <array>
#include <cstddef>

namespace {

constexpr std::array<std::string_view, 7> kNames{"echo", "send",  "recv", "fanout",
                                                 "idle", "churn", "storm"};

}  // namespace

std::string scenario_name(Scenario scenario) {
  return std::string{kNames[static_cast<std::size_t>(scenario)]};
}

std::vector<std::string> scenario_names() {
  return {kNames.begin(), kNames.end()};
}

std::optional<Scenario> scenario_named(std::string_view name) {
  const auto found = std::ranges::find(kNames, name);
  if (found == kNames.end()) return std::nullopt;
  return static_cast<Scenario>(found - kNames.begin());
}

std::string latency_name(Scenario scenario) {
  return scenario == Scenario::fanout ? "delivery" : "rtt";
}
