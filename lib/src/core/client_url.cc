#include "core/client_url.h"

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

}  // namespace

std::optional<ClientUrl> parse_client_url(std::string_view text) {
  if (text.starts_with(kUnixScheme)) return parse_unix_url(text.substr(kUnixScheme.size()));
  const bool has_scheme = text.find("://") != std::string_view::npos;
  const auto url = parse_url(has_scheme ? std::string(text) : "ws://" + std::string(text));
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

std::optional<ClientUrl> resolve_location(const ClientUrl& base, std::string_view location) {
  const std::string scheme = base.is_tls ? "wss:" : "ws:";
  if (location.find("://") != std::string_view::npos) return parse_client_url(location);
  if (location.starts_with("//")) return parse_client_url(scheme + std::string(location));
  std::string path{location};
  if (!path.starts_with('/')) {
    const std::string_view target{base.target};
    path = std::string(target.substr(0, target.substr(0, target.find('?')).rfind('/') + 1)) + path;
  }
  auto url = parse_client_url(scheme + "//" + base.host_header + path);
  if (url) url->unix_path = base.unix_path;
  return url;
}

}  // namespace wskit
