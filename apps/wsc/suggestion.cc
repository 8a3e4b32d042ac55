#include "suggestion.h"

#include <algorithm>
#include <numeric>

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

std::string describe_unknown(const CLI::App& app, const std::vector<std::string>& arguments) {
  const auto unknown = std::ranges::find_if(
      arguments, [](const std::string& text) { return text.starts_with('-'); });
  if (unknown == arguments.end()) return "one URL is enough";
  const std::string name = unknown->substr(0, unknown->find('='));
  std::string nearest;
  std::size_t least = 1 + name.size() / 3;
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& known : option->get_lnames()) {
      const std::size_t distance = edit_distance(name, "--" + known);
      if (distance <= least) {
        least = distance;
        nearest = known;
      }
    }
  }
  const std::string text = "unknown option " + name;
  return nearest.empty() ? text : text + "; did you mean --" + nearest + "?";
}
