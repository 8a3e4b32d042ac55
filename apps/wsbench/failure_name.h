#pragma once

#include <string>

#include <wskit/client.h>

/// What failures are counted under: "refused", "HTTP 503", ...
std::string failure_name(const wskit::ConnectError& error);
