#pragma once

#include <string>
#include <string_view>

namespace CLI {
class App;
class Option;
}  // namespace CLI

/// The script that completes a program's options in "bash", "zsh" or "fish"; empty for another
/// shell. Types say what completes a value: FILE, or choices as in `pretty|raw`.
std::string completion_script(const CLI::App& app, std::string_view shell);

/// The long name that help and completions show, without dashes; others are aliases.
std::string main_name(const CLI::Option& option);
