#include "common/seconds.h"

#include <charconv>
#include <cmath>

namespace {

/// Milliseconds of one unit, or zero.
double unit_ms(std::string_view unit) {
  if (unit == "ms") return 1;
  if (unit.empty() || unit == "s") return 1000;
  if (unit == "m") return 60 * 1000;
  if (unit == "h") return 60 * 60 * 1000;
  return 0;
}

}  // namespace

std::optional<std::chrono::milliseconds> parse_seconds(std::string_view text) {
  constexpr std::chrono::hours kYear{365 * 24};
  double number = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number, std::chars_format::fixed);
  if (error != std::errc{} || !std::isfinite(number) || number < 0) return std::nullopt;
  const double factor = unit_ms({stop, static_cast<std::size_t>(end - stop)});
  const double total = number * factor;
  if (factor == 0 || total > static_cast<double>(std::chrono::milliseconds{kYear}.count())) {
    return std::nullopt;
  }
  return std::chrono::milliseconds{std::llround(total)};
}
