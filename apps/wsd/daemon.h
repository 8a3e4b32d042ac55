#pragma once

#include "wsd/configuration.h"

/// Serves until a signal stops it. Throws wskit::Error if it cannot start.
void run_daemon(Configuration& configuration);
