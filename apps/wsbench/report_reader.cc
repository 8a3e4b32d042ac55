#include "report_reader.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <string_view>

#include <fmt/format.h>
#include <wskit/error.h>
#include <nlohmann/json.hpp>

#include "common/file_content.h"
#include "hdr_encoding.h"
#include "measures.h"
#include "scenario_name.h"

namespace {

using Json = nlohmann::ordered_json;

/// The highest that any figure may be; it is exact as a double.
constexpr double kMostOfAnything = 1e15;

std::uint64_t read_count(const Json& value, const char* name) {
  const bool is_count = value.is_number_unsigned() && value.get<double>() <= kMostOfAnything;
  if (!is_count) throw wskit::Error{fmt::format("'{}' is no count", name)};
  return value.get<std::uint64_t>();
}

std::uint64_t count_at(const Json& from, const char* name) {
  return read_count(from.at(name), name);
}

/// Seconds, milliseconds, rates, shares.
double figure_at(const Json& from, const char* name) {
  const auto value = from.at(name).get<double>();
  const bool is_figure = value >= 0 && value <= kMostOfAnything;
  if (!is_figure) throw wskit::Error{fmt::format("'{}' is out of range", name)};
  return value;
}

std::uint64_t rounded(double count) {
  return static_cast<std::uint64_t>(std::min(count, kMostOfAnything) + 0.5);
}

Histogram read_histogram(const Json& latencies, const std::string& name) {
  const auto found = latencies.find(name);
  if (found == latencies.end()) return {};
  return decode_hdr(found->at("hdr").get<std::string>());
}

Causes read_causes(const Json& list) {
  Causes causes;
  for (const Json& entry : list) {
    note_cause(causes, entry.at("cause").get<std::string>(), entry.at("example").get<std::string>(),
               count_at(entry, "count"));
  }
  return causes;
}

void read_counts(const Json& run, Tally& tally) {
  const Json& messages = run.at("messages");
  const Json& connections = run.at("connections");
  Counts& total = tally.total;
  const auto read = [](const Json& from, const char* name, std::uint64_t& to) {
    to = count_at(from, name);
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
  if (total.ended > total.opened) throw wskit::Error{"more connections ended than were opened"};
  tally.failures = read_causes(connections.at("failures"));
  tally.publish_failures = read_causes(messages.at("publish_failures"));
  read(messages, "stalls", tally.stalls);
  tally.endings = read_causes(connections.at("endings"));
}

/// Of what was measured the rates are kept.
void read_measured(const Json& run, Scenario scenario, RunResult& result) {
  const Json& rates = run.at("rates");
  const auto count = [&rates, &result](const char* name) {
    return rounded(figure_at(rates, name) * result.measured_s);
  };
  Counts& measured = result.tally.measured;
  measured.sent = count("sent");
  measured.received = count("received");
  measured.sent_bytes = count("sent_bytes");
  measured.received_bytes = count("received_bytes");
  measured.answered = result.tally.latency.count();
  measured.opened = scenario == Scenario::churn ? count("opened") : result.tally.recovery.count();
}

void read_intervals(const Json& run, RunResult& result) {
  for (const Json& entry : run.at("intervals")) {
    IntervalPoint point;
    point.at_s = figure_at(entry, "at_s");
    point.length_s = figure_at(entry, "length_s");
    point.interval.open_count = count_at(entry, "connections");
    Counts& counts = point.interval.counts;
    counts.opened = count_at(entry, "opened");
    counts.failed = count_at(entry, "failed");
    counts.ended = count_at(entry, "ended");
    counts.sent = count_at(entry, "sent");
    counts.received = count_at(entry, "received");
    point.generator_cpu = figure_at(entry.at("generator"), "cpu");
    point.interval.longest_lag_ns =
        rounded(figure_at(entry.at("generator"), "lag_max") * kNanosecondsPerMillisecond);
    result.intervals.push_back(std::move(point));
  }
}

bool is_list_of_texts(const Json& list) {
  return list.is_array() &&
         std::ranges::all_of(list, [](const Json& each) { return each.is_string(); });
}

/// What may be shown without a look at it: numbers, words, and lists of them.
bool is_plain(const Json& value) {
  return value.is_primitive() ||
         (value.is_array() &&
          std::ranges::all_of(value, [](const Json& each) { return each.is_primitive(); }));
}

bool is_sound_verdict(const Json& verdict) {
  const bool is_whole = verdict.is_object() && verdict.contains("status") &&
                        verdict["status"].is_string() && verdict.contains("reasons") &&
                        is_list_of_texts(verdict["reasons"]) && verdict.contains("warnings") &&
                        is_list_of_texts(verdict["warnings"]);
  if (!is_whole || !verdict.contains("statuses")) return is_whole;
  const Json& statuses = verdict["statuses"];
  return is_list_of_texts(statuses) && statuses.size() == verdict["reasons"].size();
}

/// What is missing or of another type; null if nothing is.
const char* find_unsound(const Json& report) {
  for (const char* name : {"started", "scenario", "url"}) {
    if (!report.contains(name) || !report[name].is_string()) return name;
  }
  const bool has_options = report.contains("options") && report["options"].is_object() &&
                           std::ranges::all_of(report["options"], is_plain);
  if (!has_options) return "options";
  if (!report.contains("verdict") || !is_sound_verdict(report["verdict"])) return "verdict";
  return report.contains("runs") && report["runs"].is_array() ? nullptr : "runs";
}

/// What `read` returns; what is wrong with the report is said of the file.
template <typename Read>
auto reading(const std::string& file, Read read) {
  try {
    return read();
  } catch (const Json::exception& error) {
    // "[json.exception.out_of_range.403] key 'x' not found"
    const std::string_view problem{error.what()};
    const std::size_t end = problem.find("] ");
    throw wskit::Error{fmt::format("{}: a part is malformed: {}", file,
                                   problem.substr(end == std::string_view::npos ? 0 : end + 2))};
  } catch (const wskit::Error& error) {
    throw wskit::Error{fmt::format("{}: {}", file, error.what())};
  }
}

std::chrono::milliseconds time_at(const Json& from, const char* name) {
  return std::chrono::milliseconds{std::llround(figure_at(from, name) * 1e3)};
}

}  // namespace

Json parse_report(const std::string& text, const std::string& file) {
  Json report = Json::parse(text, nullptr, false);
  const bool is_report = report.is_object() && report.contains("wsbench") &&
                         report.contains("format") && report["format"] == 1;
  if (!is_report) throw wskit::Error{fmt::format("{}: not a JSON report of wsbench", file)};
  if (const char* const name = find_unsound(report)) {
    throw wskit::Error{fmt::format("{}: its '{}' is missing or malformed", file, name)};
  }
  return report;
}

Json read_report(const std::string& file) {
  return parse_report(read_file(file), file);
}

LoadOptions read_load(const Json& report, const std::string& file) {
  return reading(file, [&report] {
    const auto scenario = scenario_named(report.at("scenario").get<std::string>());
    if (!scenario) throw wskit::Error{"its scenario is not known"};
    const Json& options = report.at("options");
    LoadOptions load;
    load.scenario = *scenario;
    load.connections = count_at(options, "connections");
    load.threads = count_at(options, "threads");
    load.warmup = time_at(options, "warmup_s");
    load.duration = time_at(options, "duration_s");
    load.rate = figure_at(options, "rate");
    load.in_flight = count_at(options, "in_flight");
    load.connect_rate = figure_at(options, "connect_rate");
    if (options.contains("messages")) load.messages = count_at(options, "messages");
    if (options.contains("busy_poll")) load.is_busy_polling = options["busy_poll"].get<bool>();
    const Json& sizes = options.at("payload_bytes");
    load.payload.min_bytes = read_count(sizes.at(0), "payload_bytes");
    load.payload.max_bytes = read_count(sizes.at(1), "payload_bytes");
    return load;
  });
}

std::size_t read_wanted_connections(const Json& run, const std::string& file) {
  return reading(file, [&run] { return count_at(run.at("connections"), "wanted"); });
}

RunResult read_run(const Json& run, Scenario scenario, const std::string& file) {
  return reading(file, [&run, scenario] {
    RunResult result;
    result.has_begun = true;
    result.opening_s = figure_at(run, "opening_s");
    result.measured_s = result.usage_s = figure_at(run, "measured_s");
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
    result.opened_count = count_at(run.at("connections"), "opened_at_start");
    read_measured(run, scenario, result);
    if (run.contains("storm")) tally.broken = count_at(run["storm"], "broken");
    read_intervals(run, result);
    for (const Json& thread : run.at("generator").at("threads")) {
      result.threads.push_back({figure_at(thread, "cpu"), figure_at(thread, "waiting")});
    }
    return result;
  });
}

void merge_run(RunResult& run, const RunResult& other) {
  run.tally.add(other.tally);
  run.opened_count += other.opened_count;
  run.opening_s = std::max(run.opening_s, other.opening_s);
  run.measured_s = std::max(run.measured_s, other.measured_s);
  run.usage_s = std::max(run.usage_s, other.usage_s);
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
