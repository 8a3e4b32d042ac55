#pragma once

#include <nlohmann/json_fwd.hpp>

#include "options.h"
#include "plan.h"
#include "run_result.h"

/// What a report begins with: what was done where, and a verdict that nothing is known against.
nlohmann::ordered_json begin_report(const Options& options);

/// One run, as an entry of `runs` in docs/wsbench-report.schema.json.
nlohmann::ordered_json describe_run(const Plan& plan, const RunResult& result);

/// The CPU that the target used for each of the scenario's operations, in microseconds.
double cost_us(const Plan& plan, const RunResult& result);

/// Times in milliseconds, as `latency` in the schema.
nlohmann::ordered_json describe_latency(const Histogram& histogram);
