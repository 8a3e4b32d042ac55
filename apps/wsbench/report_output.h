#pragma once

#include <wskit/error.h>
#include <nlohmann/json_fwd.hpp>

#include "options.h"

/// A file that cannot be written.
struct OutputError : wskit::Error {
  using Error::Error;
};

/// Throws OutputError for a file that could not be written, so that no run is for nothing.
void check_outputs(const Options& options);

/// Writes the report to the files that the options name, and prints it: as text, unless one of them
/// is "-". Throws OutputError after all that can be written has been.
void write_outputs(const nlohmann::ordered_json& report, const Options& options);
