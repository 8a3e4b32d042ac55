#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <wskit/base64.h>

namespace wskit {

/// RFC 4648 section 4, with padding; empty if it is malformed.
std::optional<std::string> base64_decode(std::string_view text);

}  // namespace wskit
