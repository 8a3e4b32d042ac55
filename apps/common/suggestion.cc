#include "common/suggestion.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include <CLI/CLI.hpp>

std::size_t edit_distance(std::string_view left, std::string_view right) {
  std::vector<std::size_t> row(right.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < left.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i + 1);
    for (std::size_t k = 0; k < right.size(); ++k) {
      const std::size_t replaced = diagonal + (left[i] == right[k] ? 0 : 1);
      diagonal = row[k + 1];
      row[k + 1] = std::min({replaced, row[k] + 1, row[k + 1] + 1});
    }
  }
  return row.back();
}

namespace {

/// The shortest of the known words that begin so; empty if none does.
std::string completed(std::string_view word, const std::vector<std::string>& known) {
  constexpr std::size_t kTellingLength = 3;
  std::string shortest;
  if (word.size() < kTellingLength) return shortest;
  for (const std::string& each : known) {
    const bool is_shorter = shortest.empty() || each.size() < shortest.size();
    if (each.starts_with(word) && is_shorter) shortest = each;
  }
  return shortest;
}

}  // namespace

std::string nearest_word(std::string_view word, const std::vector<std::string>& known) {
  std::string nearest = completed(word, known);
  if (!nearest.empty()) return nearest;
  std::size_t least = 1 + word.size() / 3;
  for (const std::string& each : known) {
    const std::size_t distance = edit_distance(word, each);
    if (distance <= least) {
      least = distance;
      nearest = each;
    }
  }
  return nearest;
}

std::string describe_unknown_option(const CLI::App& app,
                                    const std::vector<std::string>& arguments) {
  const auto unknown = std::ranges::find_if(
      arguments, [](const std::string& text) { return text.starts_with('-'); });
  if (unknown == arguments.end()) return {};
  const std::string name = unknown->substr(0, unknown->find('='));
  std::vector<std::string> known;
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& each : option->get_lnames()) known.push_back("--" + each);
  }
  const std::string nearest = nearest_word(name, known);
  const std::string text = "unknown option " + name;
  return nearest.empty() ? text : text + "; did you mean " + nearest + "?";
}
