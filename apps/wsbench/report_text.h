#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>

#include "options.h"

/// The report as people read it.
std::string report_text(const nlohmann::ordered_json& report, const Options& options);
