#pragma once

#include <string>
#include <string_view>

#include <wskit/export.h>

namespace wskit {

/// HMAC-SHA256 (RFC 2104) in lower-case hex, 64 digits. Thread: any.
WSKIT_API std::string hmac_sha256_hex(std::string_view key, std::string_view text);

/// Whether two secrets are the same, in a time that says nothing of how much of them is.
/// Thread: any.
WSKIT_API bool is_same_secret(std::string_view one, std::string_view other);

}  // namespace wskit
