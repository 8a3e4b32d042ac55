#pragma once

#include "options.h"

namespace CLI {
class App;
}

/// Throws wskit::Error for an option on the command line that the scenario or the mode would not
/// look at.
void check_option_scopes(const CLI::App& app, const Options& options);
