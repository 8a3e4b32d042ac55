#pragma once

#include <cstddef>
#include <string>

#include <nlohmann/json_fwd.hpp>

#include "load_options.h"
#include "run_result.h"

/// A JSON report of wsbench: its head, verdict and list of runs are there and of their types.
/// Throws wskit::Error naming the file if it cannot be read, or is none.
nlohmann::ordered_json read_report(const std::string& file);

/// The same of a text, which is called `file`.
nlohmann::ordered_json parse_report(const std::string& text, const std::string& file);

/// Of a report's options those that the report shows. Throws wskit::Error naming the file for what
/// is malformed or unknown.
LoadOptions read_load(const nlohmann::ordered_json& report, const std::string& file);

/// What an entry of a report's `runs` was made from, but for the target and intervals' latencies,
/// which are not kept. Throws wskit::Error naming the file for what is malformed.
RunResult read_run(const nlohmann::ordered_json& run, Scenario scenario, const std::string& file);

/// How many connections the run should have had at most; throws as read_run() does.
std::size_t read_wanted_connections(const nlohmann::ordered_json& run, const std::string& file);

/// Adds what another generator measured at the same time: counts, rates and histograms.
void merge_run(RunResult& run, const RunResult& other);
