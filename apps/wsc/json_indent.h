#pragma once

#include <optional>
#include <string>
#include <string_view>

/// `text` with a line for each member and element, if it is a JSON object or array that is not
/// nested so deep that this would make it many times longer. Only white space differs: numbers,
/// escapes, order and duplicates stay.
std::optional<std::string> indent_json(std::string_view text);
