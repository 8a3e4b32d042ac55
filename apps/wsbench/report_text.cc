#include "report_text.h"

#include <algorithm>
#include <sstream>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "common/printable.h"
#include "figures.h"
#include "hdr_encoding.h"
#include "hgrm.h"
#include "measures.h"
#include "report_tables.h"

namespace {

using Json = nlohmann::ordered_json;

void add_line(std::string& out, const std::string& name, const std::string& text) {
  out += fmt::format("  {:<20} {}\n", name, text);
}

std::string count_of(const Json& value) {
  return figure_of_count(value.get<double>());
}

/// "refused 12 (cannot connect to ...)"
std::string causes_of(const Json& causes) {
  std::string text;
  for (const Json& cause : causes) {
    const std::string example = cause["example"].get<std::string>();
    text +=
        fmt::format("{}{} × {}{}", text.empty() ? "" : ", ", cause["count"].get<std::uint64_t>(),
                    printable_line(cause["cause"].get<std::string>()),
                    example.empty() ? "" : " (" + printable_line(example) + ")");
  }
  return text;
}

/// What a scenario's cost is counted in.
std::string operation_of(const std::string& scenario) {
  if (scenario == "echo") return "round trip";
  if (scenario == "idle") return "ping";
  if (scenario == "fanout") return "delivery";
  return scenario == "churn" || scenario == "storm" ? "connection" : "message";
}

std::string opening_of(const Json& run, bool is_churn) {
  const Json& connections = run["connections"];
  const auto opened = connections["opened"].get<std::uint64_t>();
  const auto at_start = connections["opened_at_start"].get<std::uint64_t>();
  const auto wanted = connections["wanted"].get<std::uint64_t>();
  const std::string rate = count_of(run["rates"]["opened"]);
  if (is_churn) return fmt::format("{} opened, {}/s, {} at a time", opened, rate, wanted);
  const auto time_ms = run["opening_s"].get<double>() * 1e3;
  // Interrupted before all were.
  if (at_start == 0) return fmt::format("{} of {} opened", opened, wanted);
  std::string text =
      fmt::format("{} of {} opened in {}, {}/s", at_start, wanted, figure_of_ms(time_ms), rate);
  if (opened > at_start) text += fmt::format(", {} later", opened - at_start);
  return text;
}

void add_connections(std::string& out, const Json& run, bool is_churn) {
  const Json& connections = run["connections"];
  add_line(out, "connections", opening_of(run, is_churn));
  if (!connections["failures"].empty()) {
    add_line(out, "  failed", causes_of(connections["failures"]));
  }
  if (!connections["endings"].empty()) {
    add_line(out, "  lost", causes_of(connections["endings"]));
  }
}

void add_messages(std::string& out, const Json& run) {
  const Json& messages = run["messages"];
  const Json& rates = run["rates"];
  add_line(out, "sent",
           fmt::format("{}  {}/s  {}/s", count_of(messages["sent"]), count_of(rates["sent"]),
                       figure_of_bytes(rates["sent_bytes"].get<double>())));
  add_line(
      out, "received",
      fmt::format("{}  {}/s  {}/s", count_of(messages["received"]), count_of(rates["received"]),
                  figure_of_bytes(rates["received_bytes"].get<double>())));
  std::string wrong;
  for (const char* name : {"lost", "gaps", "duplicated", "reordered", "mismatched", "unsent",
                           "failed_publishes", "stalls"}) {
    const auto count = messages[name].get<std::uint64_t>();
    if (count == 0) continue;
    std::string words = name;
    std::ranges::replace(words, '_', ' ');
    wrong += fmt::format("{}{} {}", wrong.empty() ? "" : ", ", count, words);
  }
  if (messages["expected"].get<std::uint64_t>() > 0 || !wrong.empty()) {
    add_line(out, "messages wrong", wrong.empty() ? "none" : wrong);
  }
  if (!messages["publish_failures"].empty()) {
    add_line(out, "  not published", causes_of(messages["publish_failures"]));
  }
}

void add_latencies(std::string& out, const Json& run, const Options& options) {
  const Json& latencies = run["latencies"];
  if (latencies.empty()) return;
  // 80 columns take it, with the percentiles that are shown by default.
  out += fmt::format("\n  {:<12}", "");
  for (const double percent : options.percentiles) {
    out += fmt::format(" {:>7}", fmt::format("p{:g}", percent));
  }
  out += fmt::format(" {:>7} {:>5}\n", "max", "count");
  for (const auto& [name, latency] : latencies.items()) {
    const bool is_corrected = latencies.contains(name + "_uncorrected");
    if (is_corrected && options.shows_uncorrected_only) continue;
    const Histogram histogram = decode_hdr(latency["hdr"].get<std::string>());
    // The encoding knows buckets only, whose upper ends may be above what was measured.
    const auto max = latency["max"].get<double>();
    out += fmt::format("  {:<12}", name.ends_with("_uncorrected") ? "uncorrected" : name);
    for (const double percent : options.percentiles) {
      out += fmt::format(" {:>7}", figure_of_ms(std::min(in_ms(histogram.value_at(percent)), max)));
    }
    out += fmt::format(" {:>7} {:>5}\n", figure_of_ms(max), count_of(latency["count"]));
  }
}

/// What --latency asks for.
void add_spectrum(std::string& out, const Json& run) {
  for (const auto& [name, latency] : run["latencies"].items()) {
    if (!name.starts_with("rtt") && !name.starts_with("delivery")) continue;
    std::ostringstream text;
    write_hgrm(text, decode_hdr(latency["hdr"].get<std::string>()), kNanosecondsPerMillisecond);
    out += fmt::format("\n  {}, in milliseconds\n\n{}", name, text.str());
  }
}

void add_storm(std::string& out, const Json& storm) {
  const Json& time = storm["back_99"];
  add_line(out, "broken",
           fmt::format("{}, of which {} came back; 99 % within {}",
                       storm["broken"].get<std::uint64_t>(), storm["back"].get<std::uint64_t>(),
                       time.is_null() ? "never" : figure_of_ms(time.get<double>())));
}

/// ", 2.4 µs/delivery"; nothing where there was no operation.
std::string cost_of_each(const Json& process, const std::string& operation) {
  const auto cpu_us = process["cpu_us_per_operation"].get<double>();
  return cpu_us > 0 ? fmt::format(", {}/{}", figure_of(cpu_us, "us"), operation) : "";
}

/// ", 1.6 KiB/connection"; nothing where a process had the memory from earlier on.
std::string memory_of_each(const Json& process) {
  const auto bytes = process["bytes_per_connection"].get<double>();
  return bytes > 0 ? fmt::format(", {}/connection", figure_of_bytes(bytes)) : "";
}

void add_costs(std::string& out, const Json& run, const std::string& operation) {
  if (run.contains("target")) {
    const Json& target = run["target"];
    add_line(out, "target",
             fmt::format("{:.2f} cores{}, {} resident{}", target["cpu"].get<double>(),
                         cost_of_each(target, operation),
                         figure_of_bytes(target["rss_peak_bytes"].get<double>()),
                         memory_of_each(target)));
  }
  const Json& generator = run["generator"];
  double cpu = 0;
  for (const Json& thread : generator["threads"]) cpu += thread["cpu"].get<double>();
  std::string text =
      fmt::format("{:.2f} cores{}, late by {} (p99)", cpu, cost_of_each(generator, operation),
                  figure_of_ms(generator["lag"]["percentiles"]["99"].get<double>()));
  // What it takes once is much for few.
  constexpr std::uint64_t kManyConnections = 1000;
  const auto opened = run["connections"]["opened_at_start"].get<std::uint64_t>();
  if (opened >= kManyConnections) text += memory_of_each(generator);
  add_line(out, "generator", text);
}

void add_run(std::string& out, const Json& run, const std::string& scenario,
             const Options& options) {
  add_connections(out, run, scenario == "churn");
  add_messages(out, run);
  if (run.contains("storm")) add_storm(out, run["storm"]);
  add_latencies(out, run, options);
  if (options.shows_spectrum) add_spectrum(out, run);
  out += "\n";
  add_costs(out, run, operation_of(scenario));
}

void add_table(std::string& out, const ReportTable& table) {
  constexpr std::size_t kGap = 2;
  std::vector<std::size_t> widths;
  for (const std::string& column : table.columns) widths.push_back(display_columns(column));
  for (const auto& row : table.rows) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      widths[i] = std::max(widths[i], display_columns(printable_line(row[i])));
    }
  }
  const auto add_row = [&](const std::vector<std::string>& row) {
    std::string line(kGap, ' ');
    for (std::size_t i = 0; i < row.size(); ++i) {
      const std::string text = printable_line(row[i]);
      const std::string space(widths[i] - display_columns(text), ' ');
      const bool is_prose = table.has_text_at_end && i + 1 == row.size();
      if (i > 0) line.append(kGap, ' ');
      line += i == 0 || is_prose ? text + space : space + text;
    }
    out += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
  };
  out += "\n" + printable_line(table.title) + "\n";
  add_row(table.columns);
  for (const auto& row : table.rows) add_row(row);
}

void add_verdict(std::string& out, const Json& verdict) {
  const Json& reasons = verdict["reasons"];
  if (!verdict["warnings"].empty() || !reasons.empty()) out += "\n";
  const auto add = [&out](const Json& kind, const Json& text) {
    out += printable_line(fmt::format("{}: {}", kind.get<std::string>(), text.get<std::string>())) +
           "\n";
  };
  for (const Json& warning : verdict["warnings"]) add("note", warning);
  for (std::size_t i = 0; i < reasons.size(); ++i) add(verdict["statuses"][i], reasons[i]);
}

}  // namespace

std::string report_text(const Json& report, const Options& options) {
  const auto scenario = report["scenario"].get<std::string>();
  std::string out = printable_line(title_of(report)) + "\n";
  const Json urls = report.value("urls", Json::array());
  for (std::size_t i = 0; i < urls.size(); ++i) {
    out += printable_line(fmt::format("  server {}: {}", i + 1, urls[i].get<std::string>())) + "\n";
  }
  for (std::size_t i = 0; i < report["runs"].size(); ++i) {
    const std::string name = name_of_run(report, i);
    if (!name.empty()) out += "\n" + name + "\n";
    add_run(out, report["runs"][i], scenario, options);
  }
  if (options.load.warmup.count() > 0) {
    out += "\n  Counts are with the warm-up, rates and latencies without it.\n";
  }
  for (const ReportTable& table : tables_of(report)) add_table(out, table);
  add_verdict(out, report["verdict"]);
  return out;
}
