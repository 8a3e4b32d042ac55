#pragma once

#include "wsd/options.h"

/// Serves until a signal stops it. Throws wskit::Error if it cannot start.
void run_daemon(const WsdOptions& options);
