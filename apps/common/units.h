#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string_view>

/// "500ms", "60s", "5m", "1h" or "0"; empty if it is none of these or does not fit.
std::optional<std::chrono::milliseconds> parse_duration(std::string_view text);

/// "512", "64KiB", "1MiB", "2GiB" (also "64K", "1M", "2G"), in bytes; empty if malformed.
std::optional<std::size_t> parse_size(std::string_view text);

/// A whole decimal number; empty if malformed.
std::optional<std::size_t> parse_count(std::string_view text);
