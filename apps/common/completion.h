#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace CLI {
class App;
class Option;
}  // namespace CLI

/// The words that a program takes before a URL, or instead of one.
struct Modes {
  std::vector<std::string> names;
  std::string of_files;  ///< the one after which files come; empty: there is none
};

/// The script that completes a program's options, modes and URLs in "bash", "zsh" or "fish"; empty
/// for another shell. Types say what completes a value: FILE, or choices as in `pretty|raw`.
std::string completion_script(const CLI::App& app, std::string_view shell, const Modes& modes);

/// The long name that help and completions show, without dashes; others are aliases.
std::string main_name(const CLI::Option& option);
