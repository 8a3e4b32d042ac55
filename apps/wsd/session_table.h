#pragma once

#include <string>
#include <vector>

#include <nlohmann/json.hpp>

/// Shows sessions, as the API lists them, one a line below a heading, in columns. What peers chose
/// is escaped, and quoted where it has spaces. Throws nlohmann::json::exception for others.
std::string session_table(const std::vector<nlohmann::json>& sessions);

/// One session as JSON of ASCII characters alone.
std::string session_line(const nlohmann::json& session);
