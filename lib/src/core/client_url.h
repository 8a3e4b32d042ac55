#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace wskit {

/// Where a WebSocket client's URL leads, and what it asks for there.
struct ClientUrl {
  bool is_tls = false;
  std::string host;  ///< name or address, without brackets
  std::string port;
  std::string unix_path;      ///< unless empty, instead of host and port
  std::string host_header;    ///< with the port unless it is the scheme's
  std::string target;         ///< path and query, percent-encoded
  std::string authorization;  ///< Basic, from a URL with a user; otherwise empty

  bool operator==(const ClientUrl&) const = default;
};

/// Reads ws, wss, http and https URLs, `ws+unix:/path/of/socket:/request/path`, and
/// `host[:port][/path]`, which is taken as ws. Empty if malformed or of another scheme.
std::optional<ClientUrl> parse_client_url(std::string_view text);

/// Where a Location header (RFC 9110 section 10.2.2) in an answer from `base` leads, or why that
/// is not followed: malformed, no server of WebSockets, a local socket, or not TLS as `base` is.
std::variant<ClientUrl, std::string> resolve_location(const ClientUrl& base,
                                                      std::string_view location);

}  // namespace wskit
