#include "planning.h"

#include <arpa/inet.h>
#include <netdb.h>

#include <algorithm>
#include <random>
#include <utility>

#include <fmt/format.h>
#include <wskit/error.h>

#include "common/url_authority.h"
#include "connection_ramp.h"
#include "local_addresses.h"
#include "publish_template.h"
#include "redis_publisher.h"

namespace {

struct HostPort {
  std::string host;  ///< without brackets
  std::string port;
};

HostPort host_and_port(const std::string& url) {
  std::string_view authority = url_authority(url);
  authority.remove_prefix(authority.find('@') == std::string_view::npos ? 0
                                                                        : authority.rfind('@') + 1);
  const std::size_t colon = authority.rfind(':');
  const bool has_port =
      colon != std::string_view::npos && authority.find(']', colon) == std::string_view::npos;
  const bool is_tls = url.starts_with("wss:") || url.starts_with("https:");
  std::string_view host = has_port ? authority.substr(0, colon) : authority;
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  return {std::string{host}, has_port ? std::string{authority.substr(colon + 1)}
                             : is_tls ? "443"
                                      : "80"};
}

/// Names are looked up once, not for each connection.
std::string look_up(const HostPort& target, wskit::IpVersion version) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_family = version == wskit::IpVersion::v4   ? AF_INET
                    : version == wskit::IpVersion::v6 ? AF_INET6
                                                      : AF_UNSPEC;
  addrinfo* found = nullptr;
  const int status = getaddrinfo(target.host.c_str(), target.port.c_str(), &hints, &found);
  if (status != 0) {
    throw wskit::Error{fmt::format("cannot resolve {}: {}", target.host, gai_strerror(status))};
  }
  std::string address(NI_MAXHOST, '\0');
  getnameinfo(found->ai_addr, found->ai_addrlen, address.data(),
              static_cast<socklen_t>(address.size()), nullptr, 0, NI_NUMERICHOST);
  freeaddrinfo(found);
  address.resize(address.find('\0'));
  return address;
}

std::shared_ptr<const wskit::ClientSettings> make_settings(const wskit::ClientOptions& options) {
  auto settings = std::make_shared<const wskit::ClientSettings>(options);
  if (!settings->problem().empty()) throw wskit::Error{settings->problem()};
  return settings;
}

/// The first connection's URL stands for all in what they share.
std::string url_of_first(const std::optional<MessageTemplate>& url, const std::string& text) {
  if (!url) return text;
  std::mt19937_64 random{1};
  std::string first;
  url->append_to(first, {}, random);
  return first;
}

/// The same server's URL with another path.
std::string with_path(const std::string& url, const std::string& path) {
  const std::string_view authority = url_authority(url);
  const auto end = static_cast<std::size_t>(authority.data() - url.data()) + authority.size();
  return url.substr(0, end) + path;
}

wskit::Header parse_header(const std::string& text) {
  const std::size_t colon = text.find(':');
  if (colon == std::string::npos || colon == 0) {
    throw wskit::Error{"--publish-header takes 'Name: value'"};
  }
  const std::size_t value = text.find_first_not_of(" \t", colon + 1);
  return {text.substr(0, colon), value == std::string::npos ? "" : text.substr(value)};
}

void plan_publishers(Plan& plan, const wskit::ClientOptions& client) {
  const FanoutOptions& fanout = plan.options.fanout;
  plan.board = std::make_shared<DeliveryBoard>(fanout.publishers, plan.options.threads);
  for (const std::string& header : fanout.headers) {
    plan.publish_headers.push_back(parse_header(header));
  }
  if (fanout.by == PublishBy::http) {
    plan.publish_http.url = fanout.url;
    plan.publish_http.ca_file = client.tls.ca_file;
    wskit::check_http_client_options(plan.publish_http);
  } else if (fanout.by == PublishBy::redis) {
    parse_redis_url(fanout.url);
  } else {
    wskit::ClientOptions publisher = client;
    publisher.route.interface.clear();
    if (fanout.url.starts_with('/')) {
      publisher.url = with_path(client.url, fanout.url);
    } else if (!fanout.url.empty()) {
      publisher.url = fanout.url;
    }
    publisher.headers.insert(publisher.headers.end(), plan.publish_headers.begin(),
                             plan.publish_headers.end());
    plan.publisher_settings = make_settings(publisher);
  }
  if (fanout.by != PublishBy::redis) PublishTemplate{fanout.publish};
}

}  // namespace

std::unique_ptr<const Plan> make_plan(const Options& options, const std::string& url) {
  auto plan = std::make_unique<Plan>();
  plan->options = options.load;
  plan->options.threads = std::min(options.load.threads, ConnectionRamp{options.load}.most());
  plan->run = static_cast<std::uint16_t>(std::random_device{}());
  if (url.find("{{") != std::string::npos) plan->url.emplace(url);

  wskit::ClientOptions client = options.client;
  client.url = url_of_first(plan->url, url);
  const bool is_looked_up = client.route.unix_path.empty() && client.route.proxy.empty() &&
                            client.route.resolve.empty() && client.route.connect_to.empty() &&
                            !url.starts_with("ws+unix:");
  // What is malformed shall not be looked up.
  make_settings(client);
  std::string address;
  if (is_looked_up) {
    const HostPort target = host_and_port(client.url);
    address = look_up(target, client.route.ip_version);
    plan->is_loopback = address.starts_with("127.");
    client.route.resolve.push_back(fmt::format("{}:{}:{}", target.host, target.port, address));
  }
  std::vector<std::string> sources =
      parse_local_addresses(options.local_addresses, address, options.load.connections);
  if (sources.empty()) sources.emplace_back();
  for (std::string& source : sources) {
    client.route.interface = std::move(source);
    plan->settings.push_back(make_settings(client));
  }
  if (plan->options.scenario == Scenario::fanout) plan_publishers(*plan, client);
  return plan;
}
