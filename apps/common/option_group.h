#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <CLI/CLI.hpp>

#include "common/seconds.h"

/// Throws CLI::ValidationError.
std::chrono::milliseconds duration_value(const std::string& text);

/// The options of one heading in the help. Of several long names the first is shown; the others
/// are what other programs call it.
class OptionGroup {
 public:
  OptionGroup(CLI::App& app, std::string title) : app_{app}, title_{std::move(title)} {}

  void flag(const std::string& names, bool& target, const std::string& help);
  void value(const std::string& names, std::string& target, const std::string& type,
             const std::string& help);

  /// One value each time the option is given.
  void list(const std::string& names, std::vector<std::string>& target, const std::string& type,
            const std::string& help);

  /// `target` is a std::chrono::milliseconds, or an optional one.
  template <typename Target>
  void duration(const std::string& names, Target& target, const std::string& help) {
    parsed(names, "S", help, [&target](const std::string& text) { target = duration_value(text); });
  }

  /// `hint` says what else somebody may have meant who gives no number.
  void number(const std::string& names, std::size_t& target, const std::string& help,
              const std::string& hint = {});
  void choice(const std::string& names, std::string& target, const std::string& choices,
              const std::string& help);

  /// `set` throws CLI::ValidationError for a value that is malformed; the option's name is put
  /// before what it says.
  void parsed(const std::string& names, const std::string& type, const std::string& help,
              const std::function<void(const std::string& text)>& set);

  /// The same, each time the option is given.
  void each(const std::string& names, const std::string& type, const std::string& help,
            const std::function<void(const std::string& text)>& set);

 private:
  CLI::App& app_;
  std::string title_;
};

/// Shows of each option one long name; the others are for those who know them.
class HelpFormatter : public CLI::Formatter {
 public:
  /// `usage` is the line after "Usage: ".
  explicit HelpFormatter(std::string usage);

  std::string make_option_name(const CLI::Option* option, bool is_positional) const override;
  std::string make_option_opts(const CLI::Option* option) const override;
  std::string make_usage(const CLI::App* app, std::string name) const override;

 private:
  std::string usage_;
};
