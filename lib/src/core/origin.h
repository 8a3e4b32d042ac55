#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace wskit {

/// An origin as browsers send it (RFC 6454 section 6.1), lower-cased.
struct Origin {
  std::string scheme;
  std::string host;
  std::string port;  ///< never empty: the scheme's default where none was written
};

/// Empty for "null", paths, user names, trailing dots and other malformed origins.
std::optional<Origin> parse_origin(std::string_view text);

/// "*", an origin, or an origin whose host begins with "*.".
bool is_origin_pattern(std::string_view pattern);

/// Whether a handshake with this Origin header may go on. `patterns` empty: the request's own
/// host and port (over TLS only from https), and any port of localhost, 127.0.0.1 and [::1].
bool is_origin_allowed(std::string_view origin, std::string_view host_header, bool is_tls,
                       const std::vector<std::string>& patterns);

}  // namespace wskit
