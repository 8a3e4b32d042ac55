#include "core/origin.h"

#include <algorithm>

#include "core/http_head.h"
#include "core/url.h"

namespace wskit {
namespace {

constexpr std::string_view kAnyHost = "*.";

std::string_view default_port(std::string_view scheme) {
  if (scheme == "http" || scheme == "ws") return "80";
  if (scheme == "https" || scheme == "wss") return "443";
  return {};
}

bool matches(const Origin& origin, std::string_view pattern) {
  if (pattern == "*") return true;
  const auto allowed = parse_origin(pattern);
  if (!allowed || allowed->scheme != origin.scheme || allowed->port != origin.port) return false;
  if (!allowed->host.starts_with(kAnyHost)) return allowed->host == origin.host;
  // "*.example.com" keeps its dot: evilexample.com does not end with ".example.com".
  const std::string_view suffix = std::string_view{allowed->host}.substr(1);
  return origin.host.size() > suffix.size() && origin.host.ends_with(suffix);
}

bool is_same_host(const Origin& origin, std::string_view host_header) {
  const auto own = parse_origin(origin.scheme + "://" + std::string(host_header));
  return own && own->host == origin.host && own->port == origin.port;
}

}  // namespace

std::optional<Origin> parse_origin(std::string_view text) {
  const auto url = parse_url(text);
  if (!url || !url->path.empty() || text.find_first_of("@?#") != std::string_view::npos) {
    return std::nullopt;
  }
  Origin origin{url->scheme, to_lower(url->host), url->port};
  if (origin.port.empty()) origin.port = default_port(origin.scheme);
  if (origin.host.empty() || origin.host.ends_with('.') || origin.port.empty()) return std::nullopt;
  return origin;
}

bool is_origin_pattern(std::string_view pattern) {
  if (pattern == "*") return true;
  const auto origin = parse_origin(pattern);
  if (!origin) return false;
  const auto star = origin->host.rfind('*');
  return star == std::string::npos || (star == 0 && origin->host.starts_with(kAnyHost));
}

bool is_origin_allowed(std::string_view origin_header, std::string_view host_header, bool is_tls,
                       const std::vector<std::string>& patterns) {
  if (std::ranges::find(patterns, "*") != patterns.end()) return true;
  const auto origin = parse_origin(origin_header);
  if (!origin || origin->host.find('*') != std::string::npos) return false;
  if (!patterns.empty()) {
    return std::ranges::any_of(
        patterns, [&](const std::string& pattern) { return matches(*origin, pattern); });
  }
  return origin->host == "localhost" || origin->host == "127.0.0.1" || origin->host == "::1" ||
         ((!is_tls || origin->scheme == "https") && is_same_host(*origin, host_header));
}

}  // namespace wskit
