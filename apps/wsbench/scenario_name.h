#pragma once

#include <string>

#include "load_options.h"

/// As it is written on the command line.
std::string scenario_name(Scenario scenario);

/// What latencies of the scenario's messages are called: "rtt" or "delivery".
std::string latency_name(Scenario scenario);
