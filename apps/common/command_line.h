#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

/// The command line of a program that takes options and a URL: its help, its version, its
/// completions and its errors.
class CommandLine {
 public:
  /// `app` outlives it, and has its options already. `usage` is the line after "Usage: ", `footer`
  /// what follows the options.
  CommandLine(CLI::App& app, std::string usage, std::string footer);

  /// Something to say of arguments that no option takes; empty where nothing is known.
  using Hint = std::function<std::string(const std::vector<std::string>& arguments)>;
  void set_hint(Hint hint) { hint_ = std::move(hint); }

  /// Parses, then calls `complete`, which throws wskit::Error or CLI::ParseError if the options do
  /// not go together. An exit code if the program has to end, having said what there was to say.
  std::optional<int> read(int argc, char** argv, const std::function<void()>& complete);

 private:
  std::string describe_rest() const;
  int fail(const std::string& problem) const;

  CLI::App& app_;
  std::string shell_;  ///< whose completions are asked for
  Hint hint_;
};
