#pragma once

#include <string>
#include <string_view>
#include <vector>

/// The words of a command. Blanks part them, but not within {{ and }}, nor in a word that is in
/// quotes, of either kind. Throws wskit::Error if a quote or a variable has no end.
std::vector<std::string> split_redis_command(std::string_view text);
