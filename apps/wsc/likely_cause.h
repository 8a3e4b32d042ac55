#pragma once

#include <string>

#include <wskit/client.h>

/// Why it probably failed and what may help, as a sentence without a full stop; empty if there is
/// nothing to add.
std::string likely_cause(const wskit::ConnectError& error);
