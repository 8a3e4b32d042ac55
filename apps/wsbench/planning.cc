#include "planning.h"

#include <arpa/inet.h>
#include <netdb.h>

#include <random>
#include <utility>

#include <fmt/format.h>
#include <wskit/error.h>

#include "common/url_authority.h"
#include "local_addresses.h"

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

/// The first connection's URL stands for all in what they share.
std::string url_of_first(const std::optional<MessageTemplate>& url, const std::string& text) {
  if (!url) return text;
  std::mt19937_64 random{1};
  std::string first;
  url->append_to(first, {}, random);
  return first;
}

}  // namespace

std::unique_ptr<const Plan> make_plan(const Options& options, const std::string& url) {
  auto plan = std::make_unique<Plan>();
  plan->options = options.load;
  plan->run = static_cast<std::uint16_t>(std::random_device{}());
  if (url.find("{{") != std::string::npos) plan->url.emplace(url);

  wskit::ClientOptions client = options.client;
  client.url = url_of_first(plan->url, url);
  const bool is_looked_up = client.route.unix_path.empty() && client.route.proxy.empty() &&
                            client.route.resolve.empty() && client.route.connect_to.empty() &&
                            !url.starts_with("ws+unix:");
  std::string address;
  if (is_looked_up) {
    const HostPort target = host_and_port(client.url);
    address = look_up(target, client.route.ip_version);
    client.route.resolve.push_back(fmt::format("{}:{}:{}", target.host, target.port, address));
  }
  std::vector<std::string> sources =
      parse_local_addresses(options.local_addresses, address, options.load.connections);
  if (sources.empty()) sources.emplace_back();
  for (std::string& source : sources) {
    client.route.interface = std::move(source);
    plan->settings.push_back(std::make_shared<const wskit::ClientSettings>(client));
  }
  return plan;
}
