#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace CLI {
class App;
}

/// How many characters must be changed, added or removed to make one of the other.
std::size_t edit_distance(std::string_view left, std::string_view right);

/// What to say about arguments that the program does not know: the first of them, and the known
/// option most like it.
std::string describe_unknown(const CLI::App& app, const std::vector<std::string>& arguments);
