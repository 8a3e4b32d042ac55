#include "redis/target.h"

#include <algorithm>
#include <array>
#include <optional>

#include <wskit/error.h>

#include "core/url.h"

namespace wskit {
namespace {

constexpr std::string_view kForms =
    "redis: a URL of the form redis://[user:password@]host[:port][/db], rediss://…, "
    "redis+unix:///path[?db=N], redis-sentinel://host[:port],…/master[/db] or "
    "redis-cluster://host[:port],… is expected";

struct Scheme {
  std::string_view name;
  RedisTopology topology;
  bool is_tls;
  std::string_view default_port;  ///< empty: a unix socket
};

constexpr std::array<Scheme, 7> kSchemes{{
    {"redis", RedisTopology::single, false, "6379"},
    {"rediss", RedisTopology::single, true, "6379"},
    {"redis+unix", RedisTopology::single, false, ""},
    {"redis-sentinel", RedisTopology::sentinel, false, "26379"},
    {"rediss-sentinel", RedisTopology::sentinel, true, "26379"},
    {"redis-cluster", RedisTopology::cluster, false, "6379"},
    {"rediss-cluster", RedisTopology::cluster, true, "6379"},
}};

bool is_number(std::string_view text) {
  return !text.empty() && text.size() <= 4 &&
         std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

/// The URL with the first of its hosts, and the other hosts: an authority with several is no URL.
struct SplitUrl {
  std::string url;
  std::vector<std::string> other_hosts;
};

SplitUrl split_hosts(const std::string& text) {
  const auto scheme_end = text.find("://");
  if (scheme_end == std::string::npos) return {text, {}};
  const auto begin = scheme_end + 3;
  const auto end = std::min(text.find_first_of("/?", begin), text.size());
  const auto at = text.rfind('@', end);
  const auto hosts_begin = at == std::string::npos || at < begin ? begin : at + 1;
  SplitUrl split{text, {}};
  std::string_view hosts{text.data() + hosts_begin, end - hosts_begin};
  const auto first_end = hosts.find(',');
  if (first_end == std::string_view::npos) return split;
  split.url = text.substr(0, hosts_begin + first_end) + text.substr(end);
  for (auto comma = first_end; comma != std::string_view::npos;) {
    hosts.remove_prefix(comma + 1);
    comma = hosts.find(',');
    split.other_hosts.emplace_back(hosts.substr(0, comma));
  }
  return split;
}

std::optional<RedisAddress> read_address(const Url& url, const Scheme& scheme) {
  if (scheme.default_port.empty()) {
    auto path = percent_decode(url.path);
    if (!path || path->size() < 2 || !url.host.empty()) return std::nullopt;
    return RedisAddress{"", "", std::move(*path)};
  }
  if (url.host.empty()) return std::nullopt;
  return RedisAddress{url.host, url.port.empty() ? std::string(scheme.default_port) : url.port};
}

/// What the path says: the master's name, the database. False if malformed.
bool read_path(const Url& url, const Scheme& scheme, RedisTarget& target) {
  const auto parameters = parse_query(url.query);
  if (!parameters) return false;
  const bool is_unix = scheme.default_port.empty();
  std::string database;
  if (!is_unix) {
    auto path = percent_decode(url.path);
    if (!path) return false;
    if (path->starts_with('/')) path->erase(0, 1);
    if (scheme.topology == RedisTopology::sentinel) {
      const auto slash = std::min(path->find('/'), path->size());
      target.master_name = path->substr(0, slash);
      path->erase(0, slash + 1);
      if (target.master_name.empty()) return false;
    }
    database = std::move(*path);
  }
  for (const auto& [name, value] : *parameters) {
    if (!is_unix || name != "db") return false;
    database = value;
  }
  if (!database.empty() && (!is_number(database) || scheme.topology == RedisTopology::cluster)) {
    return false;
  }
  target.database = std::move(database);
  return true;
}

}  // namespace

StreamTarget RedisTarget::stream_target(const RedisAddress& address) const {
  return {
      .host = address.host, .port = address.port, .unix_path = address.unix_path, .tls = tls.get()};
}

std::string RedisTarget::name() const {
  std::string text = addresses.front().name();
  for (std::size_t i = 1; i < addresses.size(); ++i) text += "," + addresses[i].name();
  return master_name.empty() ? text : text + "/" + master_name;
}

RedisTarget make_redis_target(const RedisOptions& options) {
  const auto malformed = [] { return Error(std::string(kForms)); };
  const SplitUrl split = split_hosts(options.url);
  const auto url = parse_url(split.url);
  if (!url) throw malformed();
  const auto* const scheme = std::ranges::find(kSchemes, url->scheme, &Scheme::name);
  if (scheme == kSchemes.end()) throw malformed();
  const bool is_single = scheme->topology == RedisTopology::single;
  RedisTarget target;
  target.topology = scheme->topology;
  const auto first = read_address(*url, *scheme);
  if (!first || !read_path(*url, *scheme, target)) throw malformed();
  if (is_single && !split.other_hosts.empty()) throw malformed();
  target.addresses.push_back(*first);
  for (const std::string& host : split.other_hosts) {
    const auto other = parse_url(url->scheme + "://" + host);
    const auto address = other ? read_address(*other, *scheme) : std::nullopt;
    if (!address || !other->path.empty() || !other->user.empty()) throw malformed();
    target.addresses.push_back(*address);
  }
  if (!options.ca_file.empty() && !scheme->is_tls) throw Error("redis-ca: needs a rediss:// URL");
  target.user = url->user;
  target.password = options.password.empty() ? url->password : options.password;
  if (scheme->is_tls) {
    target.tls = std::make_shared<const TlsClientContext>(
        TlsClientOptions{.ca_file = options.ca_file, .verifies = true});
  }
  return target;
}

bool redis_url_has_password(const std::string& url) {
  const auto parsed = parse_url(split_hosts(url).url);
  return parsed && !parsed->password.empty();
}

}  // namespace wskit
