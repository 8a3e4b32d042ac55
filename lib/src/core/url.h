#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace wskit {

/// A URL taken apart (RFC 3986), for the schemes that this toolkit dials.
struct Url {
  std::string scheme;    ///< lower case
  std::string user;      ///< decoded
  std::string password;  ///< decoded
  std::string host;      ///< without brackets; empty where there is no authority
  std::string port;      ///< digits, or empty
  std::string path;      ///< as written, percent-encoded; "" or from the first '/'
  std::string query;     ///< as written, without '?'
};

/// Empty if malformed: no scheme, control or space characters, a bad port or percent escape.
std::optional<Url> parse_url(std::string_view text);

/// Whether `text` begins with a scheme and "://".
bool has_scheme(std::string_view text);

/// Whether a host, without brackets, is an address of IPv4 or IPv6.
bool is_ip_address(const std::string& host);

/// Decodes %XX; empty if an escape is cut or not hexadecimal.
std::optional<std::string> percent_decode(std::string_view text);

/// A query's parameters, decoded ('+' is a space); empty if an escape is malformed.
std::optional<std::vector<std::pair<std::string, std::string>>> parse_query(std::string_view query);

}  // namespace wskit
