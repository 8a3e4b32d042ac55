#pragma once

#include <nlohmann/json.hpp>

#include "run_result.h"

/// A run of wsbench with one connection and 400 round trips, nothing of which went wrong.
RunResult sample_result();

/// The report that wsbench makes of it, with a verdict that nothing is known against.
nlohmann::ordered_json sample_report(const RunResult& result = sample_result());

/// Adds a reason to the report's verdict.
void reject(nlohmann::ordered_json& report, const char* status, const char* reason);
