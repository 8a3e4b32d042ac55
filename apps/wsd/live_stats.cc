#include "wsd/live_stats.h"

#include <chrono>
#include <utility>

#include <nlohmann/json.hpp>

#include <wskit/version.h>

#include "wsd/api_responses.h"

namespace {

using nlohmann::json;

constexpr std::size_t kMaxWatchers = 16;
constexpr std::chrono::seconds kInterval{1};

std::int64_t unix_time_ms() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
}

json node_json(const wskit::Server& server, const wskit::Broker& broker,
               const WsdOptions& options) {
  return {{"node", server.node()},
          {"version", wskit::kVersion},
          {"broker", broker.name()},
          {"listen", server.addresses()},
          {"paths", options.paths},
          {"sse_path", options.sse_path},
          {"tls", server.certificate().has_value()}};
}

json broker_json(const wskit::BrokerHealth& health) {
  return {{"is_ready", health.is_ready},   {"reason", health.reason},
          {"published", health.published}, {"publish_failed", health.publish_failed},
          {"received", health.received},   {"skipped", health.skipped},
          {"gaps", health.gaps},           {"probe_lag_seconds", health.probe_lag_seconds}};
}

json stats_json(const wskit::ServerStats& stats) {
  json closes = json::array();
  for (const auto& [close, count] : stats.closes) {
    closes.push_back({{"code", close.first}, {"cause", close.second}, {"count", count}});
  }
  return {{"time_ms", unix_time_ms()},
          {"sessions", stats.sessions},
          {"connections", stats.connections},
          {"messages_received", stats.messages_received},
          {"messages_sent", stats.messages_sent},
          {"bytes_received", stats.bytes_received},
          {"bytes_sent", stats.bytes_sent},
          {"messages_dropped", stats.messages_dropped},
          {"queue_drops", stats.queue_drops},
          {"handshakes", stats.handshakes},
          {"closes", std::move(closes)}};
}

}  // namespace

LiveStats::LiveStats(wskit::Loop& control, wskit::Server& server, const wskit::Broker& broker,
                     const WsdOptions& options)
    : server_{server}, broker_{broker}, options_{options}, timer_{control} {}

void LiveStats::watch(const wskit::HttpRespond& respond) {
  std::erase_if(watchers_, [](const auto& each) { return !each->is_open(); });
  if (watchers_.size() == kMaxWatchers) {
    return respond(failure(503, "too_many", "Too many are watching already."));
  }
  wskit::HttpResponse response;
  response.begin_events = [this](std::unique_ptr<wskit::HttpEventStream> stream) {
    add(std::move(stream));
  };
  respond(std::move(response));
}

void LiveStats::add(std::unique_ptr<wskit::HttpEventStream> stream) {
  stream->send("node", node_json(server_, broker_, options_).dump());
  watchers_.push_back(std::move(stream));
  collect();
  if (!timer_.is_running()) timer_.start_repeating(kInterval, [this] { collect(); });
}

void LiveStats::collect() {
  // A worker that is held up is asked once.
  if (std::exchange(is_collecting_, true)) return;
  server_.collect([this](const wskit::ServerStats& stats) {
    is_collecting_ = false;
    tell(stats);
  });
}

void LiveStats::tell(const wskit::ServerStats& stats) {
  json document = stats_json(stats);
  document["broker"] = broker_json(broker_.health());
  document["is_draining"] = server_.is_draining();
  const std::string text = document.dump(-1, ' ', false, json::error_handler_t::replace);
  for (const auto& watcher : watchers_) watcher->send("stats", text);
  std::erase_if(watchers_, [](const auto& each) { return !each->is_open(); });
  if (watchers_.empty()) timer_.stop();
}
