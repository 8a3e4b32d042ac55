#include "scenario_name.h"

#include <array>
#include <cstddef>

std::string scenario_name(Scenario scenario) {
  constexpr std::array<const char*, 7> kNames{"echo", "send",  "recv", "fanout",
                                              "idle", "churn", "storm"};
  return kNames[static_cast<std::size_t>(scenario)];
}

std::string latency_name(Scenario scenario) {
  return scenario == Scenario::fanout ? "delivery" : "rtt";
}
