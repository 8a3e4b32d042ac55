#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

/// Figures as people read them: three digits and a unit.
std::string figure_of_time(std::uint64_t ns);  ///< "412 µs"
std::string figure_of_ms(double ms);
std::string figure_of_count(double count);  ///< "12.3k"
std::string figure_of_bytes(double bytes);  ///< "1.50 MiB"
std::string figure_of_share(double share);  ///< "12.5 %"

/// In one of the units of a report's `metrics`: ms, us, bytes, cores, share, 1/s or none.
std::string figure_of(double value, std::string_view unit);

/// As many characters of UTF-8, each of them a column wide.
std::string first_columns(std::string_view text, std::size_t columns);
