#include "quantities.h"

#include <array>
#include <charconv>
#include <cmath>
#include <system_error>

#include "common/units.h"

namespace {

/// The number at the beginning, which is cut off; empty if there is none, or a negative one.
std::optional<double> take_number(std::string_view& text) {
  double number = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed);
  if (error != std::errc{} || std::signbit(number) || !std::isfinite(number)) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return number;
}

std::optional<double> factor_of(std::string_view suffix) {
  constexpr std::array<std::pair<std::string_view, double>, 7> kFactors{
      {{"", 1}, {"k", 1e3}, {"K", 1e3}, {"m", 1e6}, {"M", 1e6}, {"g", 1e9}, {"G", 1e9}}};
  for (const auto& [name, factor] : kFactors) {
    if (name == suffix) return factor;
  }
  return std::nullopt;
}

}  // namespace

std::optional<double> parse_rate(std::string_view text) {
  if (text.ends_with("/s")) text.remove_suffix(2);
  const auto number = take_number(text);
  const auto factor = factor_of(text);
  if (!number || !factor || *number * *factor > 1e12) return std::nullopt;
  return *number * *factor;
}

std::optional<std::uint64_t> parse_quantity(std::string_view text) {
  if (text.ends_with("/s")) return std::nullopt;
  const auto number = parse_rate(text);
  if (!number || *number != std::floor(*number)) return std::nullopt;
  return static_cast<std::uint64_t>(*number);
}

std::optional<std::pair<std::size_t, std::size_t>> parse_size_range(std::string_view text) {
  const std::size_t dash = text.find('-');
  const auto least = parse_size(text.substr(0, dash));
  const auto most = dash == std::string_view::npos ? least : parse_size(text.substr(dash + 1));
  if (!least || !most || *least > *most) return std::nullopt;
  return std::pair{*least, *most};
}

std::optional<double> parse_share(std::string_view text) {
  const auto number = take_number(text);
  if (!number || (!text.empty() && text != "%")) return std::nullopt;
  const double share = text.empty() ? *number : *number / 100;
  return share <= 1 ? std::optional{share} : std::nullopt;
}
