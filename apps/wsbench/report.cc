#include "report.h"

#include <sys/utsname.h>

#include <ctime>
#include <fstream>
#include <thread>

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "connection_ramp.h"
#include "hdr_encoding.h"
#include "measures.h"
#include "public_url.h"
#include "scenario_name.h"

namespace {

using Json = nlohmann::ordered_json;

double per(double total, std::uint64_t count) {
  return count == 0 ? 0 : total / static_cast<double>(count);
}

Json describe_causes(const Causes& causes) {
  Json list = Json::array();
  for (const auto& [name, cause] : causes) {
    list.push_back({{"cause", name}, {"count", cause.count}, {"example", cause.example}});
  }
  return list;
}

Json describe_connections(const Plan& plan, const RunResult& result) {
  const Counts& total = result.tally.total;
  return {{"wanted", ConnectionRamp{plan.options}.most()},
          {"opened_at_start", result.opened_count},
          {"opened", total.opened},
          {"failed", total.failed},
          {"ended", total.ended},
          {"failures", describe_causes(result.tally.failures)},
          {"endings", describe_causes(result.tally.endings)}};
}

Json describe_messages(const Tally& tally) {
  const Counts& total = tally.total;
  return {{"sent", total.sent},
          {"sent_bytes", total.sent_bytes},
          {"received", total.received},
          {"received_bytes", total.received_bytes},
          {"reads", total.reads},
          {"other", total.other},
          {"unsent", total.unsent},
          {"expected", tally.expected},
          {"lost", tally.lost},
          {"gaps", tally.gaps},
          {"duplicated", total.duplicated},
          {"reordered", total.reordered},
          {"mismatched", total.mismatched},
          {"failed_publishes", total.failed_publishes},
          {"publish_failures", describe_causes(tally.publish_failures)},
          {"stalls", tally.stalls}};
}

Json describe_rates(const Plan& plan, const RunResult& result) {
  const bool is_churn = plan.options.scenario == Scenario::churn;
  const Counts& measured = result.tally.measured;
  const double time = result.measured_s;
  return {{"sent", per_second(measured.sent, time)},
          {"received", per_second(measured.received, time)},
          {"sent_bytes", per_second(measured.sent_bytes, time)},
          {"received_bytes", per_second(measured.received_bytes, time)},
          {"opened", is_churn ? per_second(measured.opened, time)
                              : per_second(result.opened_count, result.opening_s)}};
}

Json describe_latencies(const Plan& plan, const Tally& tally) {
  const std::string name = latency_name(plan.options.scenario);
  Json all;
  const auto add = [&all](const std::string& key, const Histogram& histogram) {
    if (histogram.count() > 0) all[key] = describe_latency(histogram);
  };
  add(name, tally.latency);
  add(name + "_uncorrected", tally.uncorrected);
  add("skew", tally.skew);
  add("recovery", tally.recovery);
  add("connect", tally.connect);
  add("handshake", tally.handshake);
  return all.is_null() ? Json::object() : all;
}

/// When 99 % of the broken connections were back; null if they were not.
Json describe_storm(const Tally& tally) {
  const std::uint64_t back = tally.recovery.count();
  const double wanted = 0.99 * static_cast<double>(tally.broken);
  Json storm{{"broken", tally.broken}, {"back", back}, {"back_99", nullptr}};
  if (static_cast<double>(back) >= wanted) {
    storm["back_99"] = in_ms(tally.recovery.value_at(100 * wanted / static_cast<double>(back)));
  }
  return storm;
}

Json describe_interval(const IntervalPoint& point) {
  const LatencyFigures& latency = point.latency;
  const Counts& counts = point.interval.counts;
  Json json{{"at_s", point.at_s},
            {"length_s", point.length_s},
            {"connections", point.interval.open_count},
            {"opened", counts.opened},
            {"failed", counts.failed},
            {"ended", counts.ended},
            {"sent", counts.sent},
            {"received", counts.received},
            {"latency",
             {{"count", latency.count},
              {"p50", in_ms(latency.p50)},
              {"p90", in_ms(latency.p90)},
              {"p99", in_ms(latency.p99)},
              {"p99.9", in_ms(latency.p99_9)},
              {"max", in_ms(latency.max)}}},
            {"generator",
             {{"cpu", point.generator_cpu}, {"lag_max", in_ms(point.interval.longest_lag_ns)}}}};
  if (point.target_rss_bytes) {
    json["target"] = {{"rss_bytes", *point.target_rss_bytes}, {"cpu", *point.target_cpu}};
  }
  return json;
}

/// What the cost of a scenario is divided by: round trips, messages sent, deliveries, or
/// connections.
std::uint64_t operation_count(Scenario scenario, const Counts& counts) {
  switch (scenario) {
    case Scenario::echo:
    case Scenario::idle:
      return counts.answered;
    case Scenario::send:
      return counts.sent;
    case Scenario::churn:
    case Scenario::storm:
      return counts.opened;
    case Scenario::recv:
    case Scenario::fanout:
      break;
  }
  return counts.received;
}

Json describe_target(const Plan& plan, const RunResult& result) {
  const TargetCost& target = *result.target;
  const double grown = result.has_begun ? static_cast<double>(target.rss_open_bytes) -
                                              static_cast<double>(target.rss_before_bytes)
                                        : 0;
  return {{"rss_before_bytes", target.rss_before_bytes},
          {"rss_open_bytes", target.rss_open_bytes},
          {"rss_peak_bytes", target.rss_peak_bytes},
          {"rss_end_bytes", target.rss_end_bytes},
          {"bytes_per_connection", per(grown, result.opened_count)},
          {"cpu_us_per_handshake", per(target.open_cpu_s * 1e6, result.opened_count)},
          {"cpu", result.usage_s > 0 ? target.cpu_s / result.usage_s : 0},
          {"cpu_us_per_operation", cost_us(plan, result)}};
}

Json describe_generator(const Plan& plan, const RunResult& result) {
  Json threads = Json::array();
  double cpu = 0;
  for (const ThreadCost& thread : result.threads) {
    threads.push_back({{"cpu", thread.cpu}, {"waiting", thread.waiting}});
    cpu += thread.cpu;
  }
  const std::uint64_t operations = operation_count(plan.options.scenario, result.tally.measured);
  const double grown = result.has_begun ? static_cast<double>(result.own_rss_bytes) -
                                              static_cast<double>(result.own_rss_before_bytes)
                                        : 0;
  return {{"threads", std::move(threads)},
          {"cpu_us_per_operation", per(cpu * result.usage_s * 1e6, operations)},
          {"rss_bytes", result.own_rss_bytes},
          {"bytes_per_connection", per(grown, result.opened_count)},
          {"lag", describe_latency(result.tally.lag)},
          {"clock",
           {{"drift", result.clock.drift},
            {"wall_step", in_ms(static_cast<double>(result.clock.wall_step.count()))},
            {"read_ns", result.clock.read_cost.count()}}}};
}

std::string cpu_model() {
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line);) {
    const std::size_t colon = line.find(": ");
    if (line.starts_with("model name") && colon != std::string::npos) return line.substr(colon + 2);
  }
  return {};
}

Json describe_machine() {
  utsname system{};
  uname(&system);
  return {{"host", system.nodename},
          {"system", fmt::format("{} {} {}", system.sysname, system.release, system.machine)},
          {"cpus", std::thread::hardware_concurrency()},
          {"cpu_model", cpu_model()}};
}

Json describe_options(const Options& options) {
  const LoadOptions& load = options.load;
  const auto seconds = [](std::chrono::milliseconds time) {
    return std::chrono::duration<double>(time).count();
  };
  Json json{{"connections", load.connections},
            {"threads", load.threads},
            {"warmup_s", seconds(load.warmup)},
            {"duration_s", seconds(load.duration)},
            {"rate", load.rate},
            {"in_flight", load.in_flight},
            {"connect_rate", load.connect_rate},
            {"payload_bytes", {load.payload.min_bytes, load.payload.max_bytes}},
            {"repeat", options.repeat_count}};
  if (load.messages > 0) json["messages"] = load.messages;
  if (load.is_busy_polling) json["busy_poll"] = true;
  return json;
}

std::string now_utc() {
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::time(nullptr)));
}

}  // namespace

Json begin_report(const Options& options) {
  return {{"wsbench", WSKIT_VERSION},
          {"format", 1},
          {"started", now_utc()},
          {"scenario", scenario_name(options.load.scenario)},
          {"url", public_url(options.client.url)},
          {"options", describe_options(options)},
          {"machine", describe_machine()},
          {"verdict",
           {{"status", "passed"},
            {"exit_code", 0},
            {"reasons", Json::array()},
            {"warnings", Json::array()}}},
          {"runs", Json::array()}};
}

double cost_us(const Plan& plan, const RunResult& result) {
  return per(result.target->cpu_s * 1e6,
             operation_count(plan.options.scenario, result.tally.measured));
}

Json describe_latency(const Histogram& histogram) {
  Json percentiles;
  for (const char* percent : {"50", "75", "90", "95", "99", "99.9", "99.99", "99.999"}) {
    percentiles[percent] = in_ms(histogram.value_at(std::stod(percent)));
  }
  return {{"count", histogram.count()},     {"min", in_ms(histogram.min())},
          {"avg", in_ms(histogram.mean())}, {"stddev", in_ms(histogram.stddev())},
          {"max", in_ms(histogram.max())},  {"percentiles", std::move(percentiles)},
          {"hdr", encode_hdr(histogram)}};
}

Json describe_run(const Plan& plan, const RunResult& result) {
  Json run{{"opening_s", result.opening_s},
           {"measured_s", result.measured_s},
           {"interrupted", result.is_interrupted},
           {"connections", describe_connections(plan, result)},
           {"messages", describe_messages(result.tally)},
           {"rates", describe_rates(plan, result)},
           {"latencies", describe_latencies(plan, result.tally)}};
  if (result.tally.broken > 0) run["storm"] = describe_storm(result.tally);
  if (result.target) run["target"] = describe_target(plan, result);
  run["generator"] = describe_generator(plan, result);
  run["intervals"] = Json::array();
  for (const IntervalPoint& point : result.intervals) {
    run["intervals"].push_back(describe_interval(point));
  }
  return run;
}
