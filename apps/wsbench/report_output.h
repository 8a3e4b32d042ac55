#pragma once

#include <nlohmann/json_fwd.hpp>

#include "options.h"

/// Prints the report, and writes it to the files that the options name. Throws wskit::Error naming
/// a file that cannot be written, after the others have been.
void write_outputs(const nlohmann::ordered_json& report, const Options& options);
