#pragma once

#include <optional>
#include <string>
#include <vector>

/// Does what the arguments ask a running wsd for, and gives the exit code; problems go to standard
/// error. Empty if they name no command: then they are the daemon's.
std::optional<int> run_command(std::vector<std::string> arguments);
