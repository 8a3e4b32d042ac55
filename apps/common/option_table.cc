#include "common/option_table.h"

#include <algorithm>
#include <cstdlib>
#include <stdexcept>
#include <utility>

#include <fmt/format.h>
#include <toml++/toml.h>

#include <wskit/error.h>

#include "common/split.h"

namespace {

std::string environment_name(std::string_view prefix, std::string_view name) {
  std::string variable = fmt::format("{}_{}", prefix, name);
  std::ranges::transform(variable, variable.begin(), [](char c) {
    return c == '-' ? '_' : c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  });
  return variable;
}

std::string read_scalar(const toml::node& node, const std::string& place) {
  if (const auto* text = node.as_string()) return text->get();
  if (const auto* number = node.as_integer()) return std::to_string(number->get());
  if (const auto* flag = node.as_boolean()) return flag->get() ? "true" : "false";
  throw wskit::Error(place + ": a text, a whole number, true or false is expected");
}

OptionValues read_values(const OptionSpec& spec, const toml::node& node, const std::string& place) {
  OptionValues found{{}, OptionSource::file, place};
  const auto* const list = node.as_array();
  if (list != nullptr && !spec.is_list) {
    throw wskit::Error(place + ": one value is expected, not a list");
  }
  if (list == nullptr) {
    found.values.push_back(read_scalar(node, place));
    return found;
  }
  for (const toml::node& element : *list) found.values.push_back(read_scalar(element, place));
  return found;
}

}  // namespace

FoundOptions read_option_file(const std::string& file, const std::vector<OptionSpec>& table) {
  toml::table parsed;
  try {
    parsed = toml::parse_file(file);
  } catch (const toml::parse_error& error) {
    const auto line = error.source().begin.line;
    if (line == 0) throw wskit::Error(fmt::format("{}: {}", file, error.description()));
    throw wskit::Error(fmt::format("{}:{}: {}", file, line, error.description()));
  }
  FoundOptions found;
  for (const auto& [key, node] : parsed) {
    const std::string name{key.str()};
    const std::string place = fmt::format("{}:{}: {}", file, key.source().begin.line, name);
    const auto spec = std::ranges::find(table, name, &OptionSpec::name);
    if (spec == table.end()) throw wskit::Error(place + ": there is no such option");
    found[name] = read_values(*spec, node, place);
  }
  return found;
}

FoundOptions read_option_environment(std::string_view prefix,
                                     const std::vector<OptionSpec>& table) {
  FoundOptions found;
  for (const OptionSpec& spec : table) {
    const std::string variable = environment_name(prefix, spec.name);
    const char* const value = std::getenv(variable.c_str());
    if (value == nullptr) continue;
    found[spec.name] = {spec.is_list ? split_at_commas(value) : std::vector<std::string>{value},
                        OptionSource::environment, variable};
  }
  return found;
}

FoundOptions strongest_of(FoundOptions file, FoundOptions environment, FoundOptions flags) {
  FoundOptions strongest = std::move(flags);
  strongest.merge(environment);
  strongest.merge(file);
  return strongest;
}

void apply_options(const std::vector<OptionSpec>& table, const FoundOptions& found) {
  for (const OptionSpec& spec : table) {
    const auto values = found.find(spec.name);
    if (values == found.end()) continue;
    for (const std::string& value : values->second.values) {
      try {
        spec.apply(value, values->second.source);
      } catch (const std::invalid_argument& problem) {
        throw wskit::Error(fmt::format("{}: {}", values->second.place, problem.what()));
      }
    }
  }
}
