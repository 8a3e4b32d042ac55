#include "core/client_url.h"

#include <utility>
#include <vector>

#include <wskit/base64.h>

#include "core/url.h"

namespace wskit {
namespace {

constexpr std::string_view kUnixScheme = "ws+unix:";

std::optional<ClientUrl> parse_unix_url(std::string_view rest) {
  if (rest.starts_with("//")) rest.remove_prefix(2);
  const auto colon = rest.find(':');
  // The request part obeys the rules of any other URL.
  const std::string_view request = colon == std::string_view::npos ? "" : rest.substr(colon + 1);
  auto url = parse_client_url("ws://localhost" + std::string(request));
  if (!url || (!request.empty() && request.front() != '/')) return std::nullopt;
  url->unix_path = rest.substr(0, colon);
  if (!url->unix_path.starts_with('/')) return std::nullopt;
  return url;
}

std::string host_header(const Url& url, std::string_view default_port) {
  const bool is_ipv6 = url.host.find(':') != std::string::npos;
  std::string header = is_ipv6 ? "[" + url.host + "]" : url.host;
  if (!url.port.empty() && url.port != default_port) header += ":" + url.port;
  return header;
}

/// RFC 3986 section 5.2.4; `path` begins with a slash.
std::string remove_dot_segments(std::string_view path) {
  std::vector<std::string_view> kept;
  bool is_folder = false;  // whether a slash follows the last kept
  while (!path.empty()) {
    path.remove_prefix(1);
    const std::string_view segment = path.substr(0, path.find('/'));
    path.remove_prefix(segment.size());
    is_folder = segment == "." || segment == "..";
    if (!is_folder) kept.push_back(segment);
    if (segment == ".." && !kept.empty()) kept.pop_back();
  }
  std::string result;
  for (const std::string_view segment : kept) result += "/" + std::string(segment);
  return is_folder ? result + "/" : result;
}

/// A relative reference (RFC 3986 section 5.2.2) from one path and query to another.
std::string merge_target(std::string_view base, std::string_view reference) {
  reference = reference.substr(0, reference.find('#'));
  if (reference.empty()) return std::string(base);
  const std::string_view base_path = base.substr(0, base.find('?'));
  const std::string_view path = reference.substr(0, reference.find('?'));
  const std::string query{reference.substr(path.size())};
  if (path.empty()) return std::string(base_path) + query;
  const std::string_view folder =
      path.starts_with('/') ? "" : base_path.substr(0, base_path.rfind('/') + 1);
  return remove_dot_segments(std::string(folder) + std::string(path)) + query;
}

}  // namespace

std::optional<ClientUrl> parse_client_url(std::string_view text) {
  if (text.starts_with(kUnixScheme)) return parse_unix_url(text.substr(kUnixScheme.size()));
  const auto url = parse_url(has_scheme(text) ? std::string(text) : "ws://" + std::string(text));
  if (!url || url->host.empty()) return std::nullopt;

  ClientUrl result;
  result.is_tls = url->scheme == "wss" || url->scheme == "https";
  if (!result.is_tls && url->scheme != "ws" && url->scheme != "http") return std::nullopt;
  const std::string_view default_port = result.is_tls ? "443" : "80";
  result.host = url->host;
  result.port = url->port.empty() ? default_port : url->port;
  result.host_header = host_header(*url, default_port);
  result.target = url->path.empty() ? "/" : url->path;
  if (!url->query.empty()) result.target += "?" + url->query;
  if (!url->user.empty() || !url->password.empty()) {
    result.authorization = "Basic " + base64_encode(url->user + ":" + url->password);
  }
  return result;
}

std::variant<ClientUrl, std::string> resolve_location(const ClientUrl& base,
                                                      std::string_view location) {
  const std::string scheme = base.is_tls ? "wss:" : "ws:";
  const auto first_delimiter = location.find_first_of(":/?#");
  const bool is_absolute =
      first_delimiter != std::string_view::npos && location[first_delimiter] == ':';
  const bool is_relative = !is_absolute && !location.starts_with("//");
  auto url =
      is_absolute ? parse_client_url(has_scheme(location) ? location : "")
      : is_relative
          ? parse_client_url(scheme + "//" + base.host_header + merge_target(base.target, location))
          : parse_client_url(scheme + std::string(location));
  if (!url || !url->unix_path.empty()) return "it leads to no server of WebSockets";
  if (base.is_tls && !url->is_tls) return "it leads from TLS to plain text";
  if (is_relative) url->unix_path = base.unix_path;
  return *std::move(url);
}

}  // namespace wskit
