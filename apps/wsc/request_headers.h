#pragma once

#include <string>
#include <vector>

#include <wskit/handshake.h>

#include "option_flags.h"

/// The headers that the command line and WSC_TOKEN ask for. Throws wskit::Error if they are
/// malformed or exclude each other.
std::vector<wskit::Header> request_headers(const Flags& flags, const std::string& url);
