#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace wskit {

/// RFC 4648 section 4, with padding.
std::string base64_encode(std::string_view bytes);

/// The same backwards; empty if it is malformed.
std::optional<std::string> base64_decode(std::string_view text);

}  // namespace wskit
