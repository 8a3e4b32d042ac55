#pragma once

#include <string>
#include <string_view>

#include <wskit/export.h>

namespace wskit {

/// RFC 4648 section 4, with padding. Thread: any.
WSKIT_API std::string base64_encode(std::string_view bytes);

}  // namespace wskit
