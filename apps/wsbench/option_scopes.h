#pragma once

#include <functional>
#include <string>

#include "options.h"

/// Throws wskit::Error for an option that the scenario, or a mode other than `search`, would not
/// look at. `is_given` tells whether an option is on the command line. Of `merge` nothing is
/// checked.
void check_option_scopes(const std::function<bool(const std::string& option)>& is_given,
                         const Options& options);
