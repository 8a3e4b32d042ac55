#include "figures.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

#include "measures.h"

namespace {

/// Three significant digits, and no fewer before the point.
std::string three_digits(double number) {
  const double size = std::abs(number);
  if (size >= 99.95 || number == 0) return fmt::format("{:.0f}", number);
  return size >= 9.995 ? fmt::format("{:.1f}", number) : fmt::format("{:.2f}", number);
}

template <std::size_t kCount>
std::string scaled(double number, double step, const std::array<const char*, kCount>& units) {
  std::size_t unit = 0;
  // What would be rounded to 1000 belongs to the next unit.
  while (unit + 1 < kCount && std::abs(number) >= step * 0.9995) {
    number /= step;
    ++unit;
  }
  return three_digits(number) + units[unit];
}

}  // namespace

std::string figure_of_time(std::uint64_t ns) {
  if (ns < 1000) return fmt::format("{} ns", ns);
  return scaled(static_cast<double>(ns) / 1e3, 1000, std::array{" µs", " ms", " s"});
}

std::string figure_of_ms(double ms) {
  return figure_of_time(static_cast<std::uint64_t>(ms * kNanosecondsPerMillisecond + 0.5));
}

std::string figure_of_count(double count) {
  if (count < 1000 && count == std::floor(count)) return fmt::format("{:.0f}", count);
  return scaled(count, 1000, std::array{"", "k", "M", "G"});
}

std::string figure_of_bytes(double bytes) {
  if (std::abs(bytes) < 1024) return fmt::format("{:.0f} B", bytes);
  return scaled(bytes / 1024, 1024, std::array{" KiB", " MiB", " GiB", " TiB"});
}

std::string figure_of_share(double share) {
  const double percent = share * 100;
  if (percent == 0) return "0 %";
  const auto power = static_cast<int>(std::floor(std::log10(std::abs(percent))));
  std::string text = fmt::format("{:.{}f}", percent, std::clamp(2 - power, 0, 12));
  if (text.find('.') != std::string::npos) {
    text.erase(text.find_last_not_of('0') + 1);
    if (text.back() == '.') text.pop_back();
  }
  return text + " %";
}

std::string figure_of(double value, std::string_view unit) {
  if (unit == "ms") return figure_of_ms(value);
  if (unit == "us") return figure_of_ms(value / 1e3);
  if (unit == "bytes") return figure_of_bytes(value);
  if (unit == "cores") return fmt::format("{:.2f} cores", value);
  if (unit == "share") return figure_of_share(value);
  return figure_of_count(value) + (unit == "1/s" ? "/s" : "");
}

std::string first_columns(std::string_view text, std::size_t columns) {
  std::size_t bytes = 0;
  for (; bytes < text.size(); ++bytes) {
    const bool is_continuation = (static_cast<unsigned char>(text[bytes]) & 0xc0U) == 0x80;
    if (!is_continuation && columns-- == 0) break;
  }
  return std::string{text.substr(0, bytes)};
}
