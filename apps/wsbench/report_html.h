#pragma once

#include <string>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

/// The report as one HTML page that needs nothing else: tables, and plots that its own script
/// draws.
std::string report_html(const nlohmann::ordered_json& report);

/// The page around the report, which belongs where it says @REPORT@; made by the build from the
/// files in html/.
std::string_view report_page();
