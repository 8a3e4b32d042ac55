#include "report_reader.h"

#include <algorithm>

#include <fmt/format.h>
#include <wskit/error.h>
#include <nlohmann/json.hpp>

#include "common/file_content.h"
#include "hdr_encoding.h"
#include "report.h"

namespace {

using Json = nlohmann::ordered_json;

Histogram read_histogram(const Json& latencies, const std::string& name) {
  const auto found = latencies.find(name);
  if (found == latencies.end()) return {};
  return decode_hdr(found->at("hdr").get<std::string>());
}

Causes read_causes(const Json& list) {
  Causes causes;
  for (const Json& entry : list) {
    note_cause(causes, entry.at("cause").get<std::string>(), entry.at("example").get<std::string>(),
               entry.at("count").get<std::uint64_t>());
  }
  return causes;
}

void read_counts(const Json& run, Tally& tally) {
  const Json& messages = run.at("messages");
  const Json& connections = run.at("connections");
  Counts& total = tally.total;
  const auto read = [](const Json& from, const char* name, std::uint64_t& to) {
    to = from.at(name).get<std::uint64_t>();
  };
  read(messages, "sent", total.sent);
  read(messages, "sent_bytes", total.sent_bytes);
  read(messages, "received", total.received);
  read(messages, "reads", total.reads);
  read(messages, "received_bytes", total.received_bytes);
  read(messages, "other", total.other);
  read(messages, "unsent", total.unsent);
  read(messages, "expected", tally.expected);
  read(messages, "lost", tally.lost);
  read(messages, "gaps", tally.gaps);
  read(messages, "duplicated", total.duplicated);
  read(messages, "reordered", total.reordered);
  read(messages, "mismatched", total.mismatched);
  read(messages, "failed_publishes", total.failed_publishes);
  read(connections, "opened", total.opened);
  read(connections, "failed", total.failed);
  read(connections, "ended", total.ended);
  tally.failures = read_causes(connections.at("failures"));
  tally.endings = read_causes(connections.at("endings"));
}

/// Of what was measured the rates are kept.
void read_measured(const Json& run, RunResult& result) {
  const Json& rates = run.at("rates");
  const auto count = [&rates, &result](const char* name) {
    return static_cast<std::uint64_t>(rates.at(name).get<double>() * result.measured_s + 0.5);
  };
  Counts& measured = result.tally.measured;
  measured.sent = count("sent");
  measured.received = count("received");
  measured.sent_bytes = count("sent_bytes");
  measured.received_bytes = count("received_bytes");
  measured.answered = result.tally.latency.count();
  measured.opened = count("opened");
}

void read_intervals(const Json& run, RunResult& result) {
  for (const Json& entry : run.at("intervals")) {
    IntervalPoint point;
    point.at_s = entry.at("at_s").get<double>();
    point.length_s = entry.at("length_s").get<double>();
    point.interval.open_count = entry.at("connections").get<std::size_t>();
    Counts& counts = point.interval.counts;
    counts.opened = entry.at("opened").get<std::uint64_t>();
    counts.failed = entry.at("failed").get<std::uint64_t>();
    counts.ended = entry.at("ended").get<std::uint64_t>();
    counts.sent = entry.at("sent").get<std::uint64_t>();
    counts.received = entry.at("received").get<std::uint64_t>();
    point.generator_cpu = entry.at("generator").at("cpu").get<double>();
    point.interval.longest_lag_ns =
        static_cast<std::uint64_t>(entry.at("generator").at("lag_max").get<double>() * 1e6);
    result.intervals.push_back(std::move(point));
  }
}

}  // namespace

Json read_report(const std::string& file) {
  Json report = Json::parse(read_file(file), nullptr, false);
  const bool is_report = report.is_object() && report.contains("wsbench") &&
                         report.contains("format") && report["format"] == 1 &&
                         report.contains("runs") && report["runs"].is_array();
  if (!is_report) throw wskit::Error{fmt::format("{}: not a JSON report of wsbench", file)};
  return report;
}

Scenario read_scenario(const Json& report, const std::string& file) {
  for (int i = 0; i <= static_cast<int>(Scenario::storm); ++i) {
    const auto scenario = static_cast<Scenario>(i);
    if (report.value("scenario", Json{}) == scenario_name(scenario)) return scenario;
  }
  throw wskit::Error{fmt::format("{}: its scenario is not known", file)};
}

RunResult read_run(const Json& run, Scenario scenario, const std::string& file) {
  try {
    RunResult result;
    result.opening_s = run.at("opening_s").get<double>();
    result.measured_s = run.at("measured_s").get<double>();
    result.is_interrupted = run.at("interrupted").get<bool>();
    const Json& latencies = run.at("latencies");
    const std::string name = latency_name(scenario);
    Tally& tally = result.tally;
    tally.latency = read_histogram(latencies, name);
    tally.uncorrected = read_histogram(latencies, name + "_uncorrected");
    tally.skew = read_histogram(latencies, "skew");
    tally.recovery = read_histogram(latencies, "recovery");
    tally.connect = read_histogram(latencies, "connect");
    tally.handshake = read_histogram(latencies, "handshake");
    tally.lag = read_histogram(run.at("generator"), "lag");
    read_counts(run, tally);
    read_measured(run, result);
    read_intervals(run, result);
    for (const Json& thread : run.at("generator").at("threads")) {
      result.threads.push_back(
          {thread.at("cpu").get<double>(), thread.at("waiting").get<double>()});
    }
    return result;
  } catch (const Json::exception& error) {
    throw wskit::Error{fmt::format("{}: a run is malformed: {}", file, error.what())};
  } catch (const wskit::Error& error) {
    throw wskit::Error{fmt::format("{}: {}", file, error.what())};
  }
}

void merge_run(RunResult& run, const RunResult& other) {
  run.tally.add(other.tally);
  run.opening_s = std::max(run.opening_s, other.opening_s);
  run.measured_s = std::max(run.measured_s, other.measured_s);
  run.is_interrupted = run.is_interrupted || other.is_interrupted;
  run.threads.insert(run.threads.end(), other.threads.begin(), other.threads.end());
  run.intervals.resize(std::max(run.intervals.size(), other.intervals.size()));
  for (std::size_t i = 0; i < other.intervals.size(); ++i) {
    IntervalPoint& point = run.intervals[i];
    point.at_s = std::max(point.at_s, other.intervals[i].at_s);
    point.length_s = std::max(point.length_s, other.intervals[i].length_s);
    point.interval.add(other.intervals[i].interval);
    point.generator_cpu += other.intervals[i].generator_cpu;
  }
}
