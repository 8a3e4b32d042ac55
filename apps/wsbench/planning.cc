#include "planning.h"

#include <algorithm>
#include <random>
#include <utility>

#include <wskit/error.h>

#include "common/request_headers.h"
#include "common/url_authority.h"
#include "connection_ramp.h"
#include "local_addresses.h"
#include "publish_template.h"
#include "redis_command.h"

namespace {

/// A connection whose server does not end it when it should counts as ended so soon.
constexpr std::chrono::seconds kCloseTimeout{1};

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

void plan_publishers(Plan& plan, const wskit::ClientOptions& client) {
  const FanoutOptions& fanout = plan.options.fanout;
  for (const std::string& header : fanout.headers) {
    plan.publish_headers.push_back(parse_header(header, "--publish-header"));
  }
  if (fanout.by == PublishBy::http) {
    plan.publish_http.url = fanout.url;
    plan.publish_http.ca_file = client.tls.ca_file;
    wskit::check_http_client_options(plan.publish_http);
  } else if (fanout.by == PublishBy::redis) {
    plan.publish_redis.url = fanout.url;
    if (fanout.url.starts_with("rediss")) plan.publish_redis.ca_file = client.tls.ca_file;
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
  PublishTemplate{fanout.publish};
  if (fanout.by == PublishBy::redis) static_cast<void>(split_redis_command(fanout.publish));
}

}  // namespace

std::unique_ptr<const Plan> make_plan(const Options& options, const std::string& url) {
  auto plan = std::make_unique<Plan>();
  plan->options = options.load;
  plan->options.threads = std::min(options.load.threads, ConnectionRamp{options.load}.most());
  if (url.find("{{") != std::string::npos) plan->url.emplace(url);

  wskit::ClientOptions client = options.client;
  client.url = url_of_first(plan->url, url);
  client.close_timeout = kCloseTimeout;
  client.checks_text = options.load.is_verified;  // nobody else reads it
  const std::string address = wskit::resolve_host(client);
  plan->is_loopback = address.starts_with("127.");
  std::vector<std::string> sources =
      parse_local_addresses(options.local_addresses, address, ConnectionRamp{options.load}.most());
  if (sources.empty()) sources.emplace_back();
  for (std::string& source : sources) {
    client.route.interface = std::move(source);
    plan->settings.push_back(make_settings(client));
  }
  if (plan->options.scenario == Scenario::fanout) plan_publishers(*plan, client);
  return plan;
}
