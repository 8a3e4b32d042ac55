#include "prometheus_exporter.h"

#include <array>
#include <utility>

#include "common/exposition.h"
#include "scenario_name.h"

namespace {

constexpr std::array<double, 16> kBucketsS{0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005,
                                           0.01,   0.025,   0.05,   0.1,   0.25,   0.5,
                                           1,      2.5,     5,      10};

void add_latency(Exposition& out, const std::string& name, const Histogram& latency) {
  out.begin("wsbench_" + name + "_seconds", "histogram", "Latency since messages were due.");
  std::uint64_t passed = 0;
  auto bucket = latency.begin();
  for (const double limit : kBucketsS) {
    while (bucket != latency.end() && static_cast<double>((*bucket).highest) <= limit * 1e9) {
      passed += (*bucket).count;
      ++bucket;
    }
    out.part("_bucket", fmt::format("le=\"{}\"", limit), passed);
  }
  out.part("_bucket", "le=\"+Inf\"", latency.count());
  out.part("_sum", "", latency.mean() * static_cast<double>(latency.count()) / 1e9);
  out.part("_count", "", latency.count());
}

void add_counts(Exposition& out, const Counts& total) {
  out.single("wsbench_messages_sent_total", "counter", "Messages sent.", total.sent);
  out.single("wsbench_messages_received_total", "counter", "Messages received.", total.received);
  out.single("wsbench_sent_bytes_total", "counter", "Payload sent.", total.sent_bytes);
  out.single("wsbench_received_bytes_total", "counter", "Payload received.", total.received_bytes);
  out.single("wsbench_connections_opened_total", "counter", "Connections opened.", total.opened);
  out.begin("wsbench_errors_total", "counter", "What went wrong.");
  out.sample("kind=\"failed\"", total.failed);
  out.sample("kind=\"ended\"", total.ended);
  out.sample("kind=\"unsent\"", total.unsent);
  out.sample("kind=\"duplicated\"", total.duplicated);
  out.sample("kind=\"reordered\"", total.reordered);
  out.sample("kind=\"mismatched\"", total.mismatched);
  out.sample("kind=\"publish\"", total.failed_publishes);
}

}  // namespace

std::string prometheus_text(const Plan& plan, const IntervalPoint& point, const RunResult& so_far) {
  Exposition out;
  out.begin("wsbench_info", "gauge", "What is measured.");
  out.sample(fmt::format("scenario=\"{}\"", scenario_name(plan.options.scenario)), 1);
  out.single("wsbench_connections", "gauge", "Open connections.", point.interval.open_count);
  add_counts(out, so_far.tally.total);
  add_latency(out, latency_name(plan.options.scenario), so_far.tally.latency);
  out.single("wsbench_generator_cores", "gauge", "CPU of the generator.", point.generator_cpu);
  out.single("wsbench_generator_lag_seconds", "gauge", "Longest lag of the last interval.",
             static_cast<double>(point.interval.longest_lag_ns) / 1e9);
  if (point.target_rss_bytes) {
    out.single("wsbench_target_resident_bytes", "gauge", "Memory of the target.",
               *point.target_rss_bytes);
    out.single("wsbench_target_cores", "gauge", "CPU of the target.", *point.target_cpu);
  }
  return out.take();
}

PrometheusExporter::PrometheusExporter(const std::string& address)
    : log_{wskit::make_stderr_log({.level = wskit::LogLevel::error})},
      server_{std::make_unique<wskit::HttpServer>(
          loop_,
          // Who runs a load test chooses whom to show it.
          wskit::HttpServerOptions{.listen = address, .is_guarded = true}, *log_,
          [this](const wskit::HttpRequest& request, const wskit::HttpRespond& respond) {
            const bool is_known = request.path == "/metrics";
            respond({.status = is_known ? 200 : 404,
                     .body = is_known ? text_ : "see /metrics\n",
                     .content_type = "text/plain; version=0.0.4; charset=utf-8"});
          })},
      thread_{[this] { loop_.run(); }} {}

PrometheusExporter::~PrometheusExporter() {
  loop_.stop();
  thread_.join();
}

void PrometheusExporter::show(std::string text) {
  loop_.post([this, text = std::move(text)]() mutable { text_ = std::move(text); });
}
