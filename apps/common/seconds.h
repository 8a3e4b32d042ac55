#pragma once

#include <chrono>
#include <optional>
#include <string_view>

/// Reads "500ms", "2s", "1.5", "3m" or "1h"; a plain number is in seconds. Empty if malformed,
/// negative or over a year.
std::optional<std::chrono::milliseconds> parse_seconds(std::string_view text);
