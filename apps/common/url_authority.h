#pragma once

#include <string_view>

/// User, host and port of a URL, whose scheme may be missing; of a malformed one anything.
std::string_view url_authority(std::string_view url);
