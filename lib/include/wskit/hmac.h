#pragma once

#include <string>
#include <string_view>

#include <wskit/export.h>

namespace wskit {

/// HMAC-SHA256 (RFC 2104) in lower-case hex, 64 digits. Thread: any.
WSKIT_API std::string hmac_sha256_hex(std::string_view key, std::string_view text);

}  // namespace wskit
