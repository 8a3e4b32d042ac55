#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "load_options.h"

/// As it is written on the command line.
std::string scenario_name(Scenario scenario);

/// All of them.
std::vector<std::string> scenario_names();

/// Empty if there is none of this name.
std::optional<Scenario> scenario_named(std::string_view name);

/// What latencies of the scenario's messages are called: "rtt" or "delivery".
std::string latency_name(Scenario scenario);
