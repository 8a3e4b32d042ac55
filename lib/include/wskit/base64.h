#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <wskit/export.h>

namespace wskit {

/// RFC 4648 section 4, with padding. Thread: any.
WSKIT_API std::string base64_encode(std::string_view bytes);

/// Empty if `text` is malformed.
WSKIT_API std::optional<std::string> base64_decode(std::string_view text);

}  // namespace wskit
