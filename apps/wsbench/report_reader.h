#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>

#include "plan.h"
#include "run_result.h"

/// A JSON report of wsbench. Throws wskit::Error naming the file if it cannot be read, or is none.
nlohmann::ordered_json read_report(const std::string& file);

/// What an entry of a report's `runs` was made from, but for intervals' latencies, which are not
/// kept. Throws wskit::Error naming the file for what is malformed.
RunResult read_run(const nlohmann::ordered_json& run, Scenario scenario, const std::string& file);

/// The scenario of that name; throws wskit::Error naming the file.
Scenario read_scenario(const nlohmann::ordered_json& report, const std::string& file);

/// Adds what another generator measured at the same time: counts, rates and histograms.
void merge_run(RunResult& run, const RunResult& other);
