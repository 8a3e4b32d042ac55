#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>

/// A row for each interval of each run (RFC 4180), with a line of names before. Times are in
/// milliseconds; what was not measured is empty.
std::string report_csv(const nlohmann::ordered_json& report);
