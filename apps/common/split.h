#pragma once

#include <string>
#include <string_view>
#include <vector>

/// What is between the commas, as it is; of an empty text one empty part.
std::vector<std::string> split_at_commas(std::string_view text);
