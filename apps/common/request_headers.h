#pragma once

#include <string>
#include <vector>

#include <wskit/handshake.h>

#include "common/connection_flags.h"

/// Reads "Name: value". Throws wskit::Error naming the option that it is the value of.
wskit::Header parse_header(const std::string& text, const char* option = "--header");

/// The headers that the command line asks for, and a bearer token unless it has other
/// credentials. Throws wskit::Error if they are malformed or exclude each other.
std::vector<wskit::Header> request_headers(const ConnectionFlags& flags, const std::string& url,
                                           const std::string& token);
