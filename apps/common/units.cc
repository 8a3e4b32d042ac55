#include "common/units.h"

#include <array>
#include <charconv>
#include <cstdint>
#include <limits>

namespace {

struct Unit {
  std::string_view name;
  std::uint64_t factor;
};

/// A number and one of the units' names.
template <std::size_t kCount>
std::optional<std::uint64_t> parse_scaled(std::string_view text,
                                          const std::array<Unit, kCount>& units) {
  std::uint64_t number = 0;
  const char* const end = text.data() + text.size();
  const auto [last, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc{}) return std::nullopt;
  const std::string_view name{last, static_cast<std::size_t>(end - last)};
  for (const Unit& unit : units) {
    if (unit.name != name) continue;
    constexpr auto kMax = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
    if (number > kMax / unit.factor) return std::nullopt;
    return number * unit.factor;
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::chrono::milliseconds> parse_duration(std::string_view text) {
  if (text == "0") return std::chrono::milliseconds{0};
  constexpr std::array<Unit, 4> kUnits{{{"ms", 1}, {"s", 1000}, {"m", 60'000}, {"h", 3'600'000}}};
  const auto ms = parse_scaled(text, kUnits);
  // A year is more than any of these times means, and far from overflowing a clock.
  constexpr std::uint64_t kMaxMs = 366ULL * 24 * 3'600'000;
  if (!ms || *ms > kMaxMs) return std::nullopt;
  return std::chrono::milliseconds{static_cast<std::int64_t>(*ms)};
}

std::optional<std::size_t> parse_size(std::string_view text) {
  constexpr std::array<Unit, 8> kUnits{{{"", 1},
                                        {"B", 1},
                                        {"K", 1ULL << 10U},
                                        {"KiB", 1ULL << 10U},
                                        {"M", 1ULL << 20U},
                                        {"MiB", 1ULL << 20U},
                                        {"G", 1ULL << 30U},
                                        {"GiB", 1ULL << 30U}}};
  return parse_scaled(text, kUnits);
}

std::optional<std::size_t> parse_count(std::string_view text) {
  constexpr std::array<Unit, 1> kUnits{{{"", 1}}};
  return parse_scaled(text, kUnits);
}
