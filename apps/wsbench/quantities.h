#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

/// "250", "10k", "1.5m" or "1g", in powers of a thousand; empty if malformed or no whole number.
std::optional<std::uint64_t> parse_quantity(std::string_view text);

/// The same of what may have a fraction, such as 0.5 a second; "/s" may follow.
std::optional<double> parse_rate(std::string_view text);

/// "64", "1KiB" or "16-4K", in bytes; empty if malformed or reversed.
std::optional<std::pair<std::size_t, std::size_t>> parse_size_range(std::string_view text);

/// "30%" or "0.3"; empty unless from 0 to 1.
std::optional<double> parse_share(std::string_view text);
