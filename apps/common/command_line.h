#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include <CLI/CLI.hpp>

#include "common/completion.h"

/// What to use instead of an option that other programs have.
struct OptionHint {
  std::string_view name;
  std::string_view text;
};

/// The command line of a program that takes options and a URL: its help, its version, its
/// completions and its errors.
class CommandLine {
 public:
  /// `app` outlives it, and has its options already. `usage` is the line after "Usage: ", `footer`
  /// what follows the options.
  CommandLine(CLI::App& app, std::string usage, std::string footer);

  /// What to say of options that the program does not have; `hints` outlive it.
  void set_hints(std::span<const OptionHint> hints) { hints_ = hints; }

  /// What completions offer besides options and URLs.
  void set_modes(Modes modes) { modes_ = std::move(modes); }

  /// Parses, then calls `complete`, which throws wskit::Error or CLI::ParseError if the options do
  /// not go together. An exit code if the program has to end, having said what there was to say.
  std::optional<int> read(int argc, char** argv, const std::function<void()>& complete);

 private:
  std::string describe_rest() const;
  int fail(const std::string& problem) const;

  CLI::App& app_;
  std::string shell_;  ///< whose completions are asked for
  std::span<const OptionHint> hints_;
  Modes modes_;
};
