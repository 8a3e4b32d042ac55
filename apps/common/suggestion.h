#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace CLI {
class App;
}

/// How many characters must be changed, added or removed to make one of the other.
std::size_t edit_distance(std::string_view left, std::string_view right);

/// Which of the known words begins with `word`, or else is most like it; empty if none is.
std::string nearest_word(std::string_view word, const std::vector<std::string>& known);

/// What to say about arguments that the program does not know: the first option among them, and
/// the known option most like it. Empty if there is no option among them.
std::string describe_unknown_option(const CLI::App& app, const std::vector<std::string>& arguments);
