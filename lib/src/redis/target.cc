#include "redis/target.h"

#include <algorithm>
#include <optional>

#include <wskit/error.h>

#include "core/url.h"

namespace wskit {
namespace {

constexpr std::string_view kForms =
    "redis: a URL of the form redis://[user:password@]host[:port][/db], rediss://… or "
    "redis+unix:///path[?db=N] is expected";

bool is_number(std::string_view text) {
  return !text.empty() && text.size() <= 4 &&
         std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

/// The part behind '/', or the parameter `db` of a unix socket's URL; empty optional: malformed.
std::optional<std::string> read_database(const Url& url, bool is_unix) {
  std::string database;
  if (!is_unix && url.path.size() > 1) database = url.path.substr(1);
  const auto parameters = parse_query(url.query);
  if (!parameters) return std::nullopt;
  for (const auto& [name, value] : *parameters) {
    if (!is_unix || name != "db") return std::nullopt;
    database = value;
  }
  if (!database.empty() && !is_number(database)) return std::nullopt;
  return database;
}

}  // namespace

StreamTarget RedisTarget::stream_target() const {
  return {.host = host, .port = port, .unix_path = unix_path, .tls = tls.get()};
}

std::string RedisTarget::name() const {
  return unix_path.empty() ? host + ":" + port : unix_path;
}

RedisTarget make_redis_target(const RedisOptions& options) {
  const auto url = parse_url(options.url);
  if (!url) throw Error(std::string(kForms));
  const bool is_unix = url->scheme == "redis+unix";
  const bool is_tls = url->scheme == "rediss";
  const auto path = percent_decode(url->path);
  const auto database = read_database(*url, is_unix);
  const bool has_place = is_unix ? path && path->size() > 1 : !url->host.empty();
  if ((!is_unix && !is_tls && url->scheme != "redis") || !database || !has_place) {
    throw Error(std::string(kForms));
  }
  if (!options.ca_file.empty() && !is_tls) throw Error("redis-ca: needs a rediss:// URL");

  RedisTarget target;
  target.host = url->host;
  target.port = url->port.empty() ? "6379" : url->port;
  if (is_unix) target.unix_path = *path;
  target.user = url->user;
  target.password = options.password.empty() ? url->password : options.password;
  target.database = *database;
  if (is_tls) {
    target.tls = std::make_unique<TlsClientContext>(
        TlsClientOptions{.ca_file = options.ca_file, .verifies = true});
  }
  return target;
}

bool redis_url_has_password(const std::string& url) {
  const auto parsed = parse_url(url);
  return parsed && !parsed->password.empty();
}

}  // namespace wskit
