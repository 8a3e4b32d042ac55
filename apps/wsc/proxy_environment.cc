#include "proxy_environment.h"

#include <algorithm>
#include <cctype>
#include <string_view>

#include "common/url_authority.h"

namespace {

std::string first_set(const Environment& environment, std::initializer_list<const char*> names) {
  for (const char* const name : names) {
    if (std::string value = environment(name); !value.empty()) return value;
  }
  return {};
}

std::string lower(std::string_view text) {
  std::string copy{text};
  std::ranges::transform(copy, copy.begin(), [](unsigned char c) { return std::tolower(c); });
  return copy;
}

/// The host of a URL, without brackets; of a malformed one anything.
std::string host_of(std::string_view url) {
  std::string_view host = url_authority(url);
  if (const auto user = host.rfind('@'); user != std::string_view::npos) {
    host.remove_prefix(user + 1);
  }
  if (host.starts_with('[')) return lower(host.substr(1, host.find(']') - 1));
  return lower(host.substr(0, host.find(':')));
}

bool covers(std::string_view entry, const std::string& host) {
  if (entry.starts_with('.')) entry.remove_prefix(1);
  if (entry.empty() || !host.ends_with(entry)) return false;
  return host.size() == entry.size() || host[host.size() - entry.size() - 1] == '.';
}

}  // namespace

std::string environment_proxy(const std::string& url, const Environment& environment) {
  const std::string scheme = lower(std::string_view{url}.substr(0, url.find("://")));
  if (scheme.starts_with("ws+unix:")) return {};
  const bool is_tls = scheme == "wss" || scheme == "https";
  std::string proxy =
      is_tls ? first_set(environment, {"https_proxy", "HTTPS_PROXY"}) : environment("http_proxy");
  return proxy.empty() ? first_set(environment, {"all_proxy", "ALL_PROXY"}) : proxy;
}

std::string environment_no_proxy(const Environment& environment) {
  return first_set(environment, {"no_proxy", "NO_PROXY"});
}

bool is_excluded_from_proxy(const std::string& url, const std::string& list) {
  const std::string host = host_of(url);
  std::string entry;
  for (const char c : lower(list) + ",") {
    if (c != ',' && c != ' ') {
      entry += c;
      continue;
    }
    if (entry == "*" || covers(entry, host)) return true;
    entry.clear();
  }
  return false;
}
