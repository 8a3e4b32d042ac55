#include "core/client_route.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include <wskit/error.h>

#include "core/http_head.h"
#include "core/url.h"

namespace wskit {
namespace {

/// Takes what is before the next `separator`; colons in brackets separate nothing. Brackets go.
std::string take_part(std::string_view& text, char separator) {
  const bool has_brackets = text.starts_with('[');
  const std::size_t closing = has_brackets ? text.find(']') : 0;
  const std::size_t end =
      closing == std::string_view::npos ? closing : text.find(separator, closing);
  std::string part{text.substr(0, end)};
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  if (part.starts_with('[') && part.ends_with(']')) part = part.substr(1, part.size() - 2);
  return part;
}

bool is_port(std::string_view text) {
  const bool are_digits = std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
  return !text.empty() && text.size() <= 5 && are_digits;
}

}  // namespace

ClientRoutes::ClientRoutes(const ClientRouteOptions& options) : unix_path_{options.unix_path} {
  for (const std::string& entry : options.resolve) {
    std::string_view rest = entry;
    Known known{.host = take_part(rest, ':'), .port = take_part(rest, ':'), .addresses = {}};
    while (!rest.empty()) known.addresses.push_back(take_part(rest, ','));
    const bool is_sound = !known.host.empty() && is_port(known.port) && !known.addresses.empty() &&
                          std::ranges::all_of(known.addresses, is_ip_address);
    if (!is_sound) throw Error{"'" + entry + "' is not HOST:PORT:ADDRESS[,ADDRESS]"};
    known_.push_back(std::move(known));
  }
  for (const std::string& entry : options.connect_to) {
    const auto colons = std::ranges::count(entry, ':');
    std::string_view rest = entry;
    Detour detour{.from_host = take_part(rest, ':'),
                  .from_port = take_part(rest, ':'),
                  .host = take_part(rest, ':'),
                  .port = std::string(rest)};
    const bool are_ports = (detour.from_port.empty() || is_port(detour.from_port)) &&
                           (detour.port.empty() || is_port(detour.port));
    if (colons < 3 || !are_ports) throw Error{"'" + entry + "' is not HOST:PORT:HOST:PORT"};
    detours_.push_back(std::move(detour));
  }
  if (options.proxy.empty()) return;
  proxy_ = parse_proxy_url(options.proxy);
  if (!proxy_) throw Error{"the proxy's URL is malformed"};
}

ClientRoute ClientRoutes::find(const ClientUrl& url) const {
  ClientRoute route{.host = url.host, .port = url.port, .addresses = {}, .unix_path = unix_path_};
  if (!url.unix_path.empty()) route.unix_path = url.unix_path;
  const auto detour = std::ranges::find_if(detours_, [&](const Detour& each) {
    return (each.from_host.empty() || equals_ignoring_case(each.from_host, url.host)) &&
           (each.from_port.empty() || each.from_port == url.port);
  });
  if (detour != detours_.end()) {
    if (!detour->host.empty()) route.host = detour->host;
    if (!detour->port.empty()) route.port = detour->port;
  }
  const auto known = std::ranges::find_if(known_, [&](const Known& each) {
    return (each.host == "*" || equals_ignoring_case(each.host, route.host)) &&
           each.port == route.port;
  });
  if (known != known_.end()) route.addresses = known->addresses;
  return route;
}

}  // namespace wskit
