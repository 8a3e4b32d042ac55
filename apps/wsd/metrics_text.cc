#include "wsd/metrics_text.h"

#include <chrono>

#include <fmt/format.h>

#include <wskit/version.h>

#include "common/exposition.h"

namespace {

void add_sessions(Exposition& out, const wskit::ServerStats& stats) {
  out.single("wsd_sessions", "gauge", "Open sessions.", stats.sessions);
  out.single("wsd_connections", "gauge", "Sessions, and handshakes and closes under way.",
             stats.connections);
  out.begin("wsd_handshakes_total", "counter", "Opening handshakes by result.");
  for (const auto& [result, count] : stats.handshakes) {
    out.sample(fmt::format("result=\"{}\"", result), count);
  }
  out.begin("wsd_closes_total", "counter", "Ended sessions by close code and cause.");
  for (const auto& [close, count] : stats.closes) {
    out.sample(fmt::format("code=\"{}\",reason=\"{}\"", close.first, close.second), count);
  }
}

void add_traffic(Exposition& out, const wskit::ServerStats& stats) {
  out.single("wsd_messages_received_total", "counter", "Messages that clients sent.",
             stats.messages_received);
  out.single("wsd_messages_sent_total", "counter", "Messages queued to clients.",
             stats.messages_sent);
  out.single("wsd_bytes_received_total", "counter", "Bytes from clients, handshakes included.",
             stats.bytes_received);
  out.single("wsd_bytes_sent_total", "counter", "Bytes to clients, handshakes included.",
             stats.bytes_sent);
  out.single("wsd_messages_dropped_total", "counter",
             "Messages dropped from queues of sessions that read too slowly.",
             stats.messages_dropped);
  out.single("wsd_queue_drops_total", "counter", "Sessions ended because they read too slowly.",
             stats.queue_drops);
}

void add_broker(Exposition& out, std::string_view name, const wskit::BrokerHealth& broker) {
  out.begin("wsd_broker_ready", "gauge", "Whether messages get through the broker.");
  out.sample(fmt::format("broker=\"{}\"", name), broker.is_ready ? 1 : 0);
  out.single("wsd_broker_probe_lag_seconds", "gauge",
             "The last probe's way through the broker and back.", broker.probe_lag_seconds);
  out.single("wsd_broker_reconnects_total", "counter", "Connections made anew.", broker.reconnects);
  out.begin("wsd_publishes_total", "counter", "Publishes through this node by result.");
  out.sample("result=\"accepted\"", broker.published);
  out.sample("result=\"failed\"", broker.publish_failed);
  out.single("wsd_broker_messages_received_total", "counter",
             "Messages that the broker handed to this node.", broker.received);
  out.single("wsd_broker_messages_skipped_total", "counter",
             "Messages from the broker that were oversized or malformed.", broker.skipped);
  out.single("wsd_broker_gaps_total", "counter", "How often the broker may have missed messages.",
             broker.gaps);
}

void add_hooks(Exposition& out, const HookStats& hooks) {
  out.begin("wsd_hook_events_total", "counter", "Events for the application by what came of them.");
  out.sample("result=\"sent\"", hooks.sent);
  out.sample("result=\"refused\"", hooks.refused);
  out.sample("result=\"dropped\"", hooks.dropped);
  out.single("wsd_hook_retries_total", "counter", "Posts of events that were made again.",
             hooks.retries);
  out.single("wsd_hook_queued_events", "gauge", "Events that wait to be posted.", hooks.queued);
}

}  // namespace

std::string metrics_text(const wskit::ServerStats& stats, std::string_view broker_name,
                         const wskit::BrokerHealth& broker, const Permissions& permissions,
                         const HookStats* hooks,
                         const std::optional<wskit::CertificateInfo>& certificate) {
  Exposition out;
  out.begin("wsd_build_info", "gauge", "The version that runs.");
  out.sample(fmt::format("version=\"{}\"", wskit::kVersion), 1);
  add_sessions(out, stats);
  add_traffic(out, stats);
  if (certificate) {
    out.single("wsd_certificate_expiry_timestamp_seconds", "gauge",
               "When the TLS certificate expires.",
               std::chrono::system_clock::to_time_t(certificate->expires));
  }
  out.begin("wsd_refusals_total", "counter", "Requests of clients that no permission allows.");
  out.sample("request=\"subscribe\"", permissions.refused_subscriptions());
  out.sample("request=\"publish\"", permissions.refused_publishes());
  add_broker(out, broker_name, broker);
  if (hooks != nullptr) add_hooks(out, *hooks);
  out.begin("wsd_loop_lag_seconds", "gauge",
            "Longest turn of each loop in the last minute or two.");
  for (std::size_t i = 0; i < stats.loop_lag_seconds.size(); ++i) {
    out.sample(i == 0 ? std::string("loop=\"control\"") : fmt::format("loop=\"worker-{}\"", i - 1),
               stats.loop_lag_seconds[i]);
  }
  return out.take();
}
