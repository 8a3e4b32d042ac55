#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "wsd/command.h"

struct CommandInfo {
  std::string_view name;
  std::string_view summary;
};

/// What a running wsd can be asked for.
std::span<const CommandInfo> known_commands();

/// Takes the name of a command out of the arguments; options may come before it. Empty, and
/// nothing changed, if they name none.
std::optional<std::string> take_command_name(std::vector<std::string>& arguments);

/// Reads a command's arguments, the API's place from environment and --config file, and the data
/// to publish; or gives the exit code where help was printed. Throws wskit::Error saying what is
/// wrong.
std::variant<Command, int> read_command_options(const std::string& name,
                                                std::vector<std::string> arguments);

/// Where `address` leads, an --api. Throws wskit::Error if it is malformed or has the port 0.
ApiPlace parse_api_place(const std::string& address);
