#include "common/command_line.h"

#include <algorithm>
#include <cstdio>
#include <iostream>
#include <memory>
#include <vector>

#include <fmt/format.h>
#include <wskit/error.h>

#include "common/option_group.h"
#include "common/printable.h"
#include "common/suggestion.h"

namespace {

constexpr int kExitError = 1;
constexpr int kExitUsage = 2;

}  // namespace

CommandLine::CommandLine(CLI::App& app, std::string usage, std::string footer) : app_{app} {
  OptionGroup group{app, "Output"};
  group.choice("--completion", shell_, "bash|zsh|fish",
               "Print the completion script for this shell");
  const std::string version = app.get_name() + " " WSKIT_VERSION;
  app.set_version_flag("--version", version, "Print the version")->group("Output");
  app.set_help_flag("-h,--help", "Print this help")->group("Output");
  app.formatter(std::make_shared<HelpFormatter>(std::move(usage)));
  app.footer(std::move(footer));
}

std::optional<int> CommandLine::read(int argc, char** argv, const std::function<void()>& complete) {
  try {
    app_.parse(argc, argv);
    if (!shell_.empty()) {
      std::cout << completion_script(app_, shell_, modes_);
      return std::cout.flush() ? 0 : kExitError;
    }
    complete();
    return std::nullopt;
  } catch (const CLI::Success& asked) {
    const int code = app_.exit(asked);
    return std::cout.flush() ? code : kExitError;
  } catch (const CLI::ExtrasError&) {
    return fail(describe_rest());
  } catch (const CLI::ParseError& error) {
    return fail(error.what());
  } catch (const wskit::Error& error) {
    return fail(error.what());
  }
}

std::string CommandLine::describe_rest() const {
  const std::vector<std::string> rest = app_.remaining();
  const auto option =
      std::ranges::find_if(rest, [](const std::string& text) { return text.starts_with('-'); });
  if (option == rest.end()) return "one URL is enough";
  const bool is_long = option->starts_with("--");
  const std::string name = is_long ? option->substr(0, option->find('=')) : option->substr(0, 2);
  const auto hint = std::ranges::find(hints_, name, &OptionHint::name);
  if (hint == hints_.end()) return describe_unknown_option(app_, rest);
  return fmt::format("unknown option {}: {}", name, hint->text);
}

int CommandLine::fail(const std::string& problem) const {
  const std::string& program = app_.get_name();
  const std::string text = fmt::format("{}: {} ({} --help lists the options)\n", program,
                                       printable_line(problem), program);
  std::fputs(text.c_str(), stderr);
  return kExitUsage;
}
