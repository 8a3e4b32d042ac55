#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

/// Where an option's value came from; later ones win.
enum class OptionSource { preset, file, environment, flag };

/// One option of a daemon, under one name in all places: `--idle-timeout` as flag,
/// `WSD_IDLE_TIMEOUT` in the environment, `idle-timeout` in the file.
struct OptionSpec {
  /// Takes one value (of a list: each in turn); throws std::invalid_argument saying what is wrong
  /// with it.
  using Apply = std::function<void(const std::string& value, OptionSource source)>;

  std::string name;
  std::string value_name;  ///< empty: a switch, true or false; as a flag without a value
  std::string preset;      ///< what the help shows as default; not applied
  std::string help;
  Apply apply;
  bool is_list = false;  ///< repeatable; a comma separates values in the environment
};

/// The values of one option as found in one place.
struct OptionValues {
  std::vector<std::string> values;
  OptionSource source = OptionSource::preset;
  std::string place;  ///< "--idle-timeout", "WSD_IDLE_TIMEOUT" or "wsd.toml:12: idle-timeout"
};

/// By option name.
using FoundOptions = std::map<std::string, OptionValues, std::less<>>;

/// Reads a TOML file of `name = value` lines. Throws wskit::Error with file and line for what
/// cannot be read, is no TOML or is not in the table.
FoundOptions read_option_file(const std::string& file, const std::vector<OptionSpec>& table);

/// Reads `PREFIX_NAME` variables.
FoundOptions read_option_environment(std::string_view prefix, const std::vector<OptionSpec>& table);

/// Each option's values from the strongest place that has any.
FoundOptions strongest_of(FoundOptions file, FoundOptions environment, FoundOptions flags);

/// Throws wskit::Error naming the place of what is wrong.
void apply_options(const std::vector<OptionSpec>& table, const FoundOptions& found);
