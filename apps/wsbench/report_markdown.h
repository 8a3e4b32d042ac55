#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>

/// For a comment on a pull request: the verdict, and small tables.
std::string report_markdown(const nlohmann::ordered_json& report);
