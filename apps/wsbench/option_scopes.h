#pragma once

#include <set>
#include <string>

#include "options.h"

/// The options on the command line by their long names, such as "--rate".
using GivenOptions = std::set<std::string, std::less<>>;

/// Throws wskit::Error for an option that nothing would look at: the scenario or the mode does not,
/// or it comes without, or together with, another one.
void check_option_scopes(const GivenOptions& given, const Options& options);
