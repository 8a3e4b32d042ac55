#pragma once

#include "options.h"

/// Does what the options say, and returns the exit code. Throws wskit::Error for what cannot be
/// begun.
int run_bench(const Options& options);
