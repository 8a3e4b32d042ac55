#include "client_settings_impl.h"

#include <algorithm>
#include <utility>

#include <wskit/error.h>

#include "core/http_head.h"
#include "core/utf8.h"
#include "net/resolver.h"
#include "net/socket_address.h"

namespace wskit {
namespace {

void check_header(const Header& header) {
  const bool is_value_clean =
      header.value.find_first_of(std::string_view{"\r\n\0", 3}) == std::string::npos;
  if (!is_token(header.name) || !is_value_clean) {
    throw Error{"malformed header '" + header.name + "'"};
  }
}

void check_options(const ClientOptions& options) {
  std::ranges::for_each(options.headers, check_header);
  check_header({"Origin", options.origin});
  for (const std::string& subprotocol : options.subprotocols) {
    if (!is_token(subprotocol)) throw Error{"malformed subprotocol '" + subprotocol + "'"};
  }
  if (!is_utf8(options.heartbeat_text)) throw Error{"the heartbeat text is not UTF-8"};
}

}  // namespace

ClientSettings::Impl::Impl(ClientOptions client_options)
    : options{std::move(client_options)},
      routes{options.route},
      url{parse_client_url(options.url)} {
  check_options(options);
  if (!url) return;
  const bool has_tls_proxy = routes.proxy() && routes.proxy()->kind == ProxyKind::https;
  // A redirect may lead to TLS.
  if (url->is_tls || has_tls_proxy || options.max_redirects > 0) {
    try {
      tls = std::make_unique<const TlsClientContext>(options.tls);
    } catch (const OwnCertificateError& error) {
      certificate_problem = error.what();
    }
  }
  target = std::make_shared<const StreamTarget>(target_for(*url));
}

StreamTarget ClientSettings::Impl::target_for(const ClientUrl& wanted) const {
  ClientRoute route = routes.find(wanted);
  const auto& proxy = routes.proxy();
  const std::string& name = options.tls.server_name;
  return {.host = std::move(route.host),
          .port = std::move(route.port),
          .unix_path = std::move(route.unix_path),
          .tls = wanted.is_tls ? tls.get() : nullptr,
          .tls_name = name.empty() ? wanted.host : name,
          .addresses = std::move(route.addresses),
          .ip_version = options.route.ip_version,
          .interface = options.route.interface,
          .proxy = proxy ? &*proxy : nullptr,
          .proxy_tls = tls.get()};
}

ClientSettings::ClientSettings(ClientOptions options)
    : impl_{std::make_unique<const Impl>(std::move(options))} {}

ClientSettings::~ClientSettings() = default;

std::string ClientSettings::problem() const {
  return impl_->url ? impl_->certificate_problem : kMalformedUrl;
}

std::string resolve_host(ClientOptions& options) {
  const auto url = parse_client_url(options.url);
  if (!url) throw Error{kMalformedUrl};
  const ClientRoutes routes{options.route};
  const ClientRoute route = routes.find(*url);
  if (routes.proxy() || !route.unix_path.empty()) return {};
  if (!route.addresses.empty()) return route.addresses.front();
  const ResolvedName found =
      Resolver::resolve_now(route.host, route.port, options.route.ip_version);
  if (found.addresses.empty()) {
    throw Error{"cannot resolve " + route.host + ": " + found.problem};
  }
  std::string list;
  for (const sockaddr_storage& address : found.addresses) {
    list += (list.empty() ? "" : ",") + format_address(address);
  }
  options.route.resolve.push_back(join_host_port(route.host, route.port) + ":" + list);
  return format_address(found.addresses.front());
}

}  // namespace wskit
