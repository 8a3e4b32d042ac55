#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <wskit/handshake.h>

namespace wskit {

/// As much of an HTTP/1.1 answer's body as has come.
struct HttpBody {
  std::string text;
  bool is_complete = false;  ///< false as long as only the connection's end could tell
};

/// A length in decimal, or a chunk's in hex (base 16): empty if it is malformed.
std::optional<std::uint64_t> parse_body_size(std::string_view digits, int base);

/// Reads the body that follows a head with these headers: by its length, in chunks, or up to the
/// end (RFC 9112 section 6.3). What goes over `max_bytes` is cut, and the body then complete.
HttpBody read_http_body(const std::vector<Header>& headers, std::string_view bytes,
                        std::size_t max_bytes);

}  // namespace wskit
