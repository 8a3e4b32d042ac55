#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>

/// A test suite as JUnit's XML has it: a case for the connections, one for whether the result is
/// valid, and one for each threshold and each figure that is compared.
std::string report_junit(const nlohmann::ordered_json& report);
