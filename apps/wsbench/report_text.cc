#include "report_text.h"

#include <sstream>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "figures.h"
#include "hdr_encoding.h"
#include "hgrm.h"
#include "measures.h"

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
                    cause["cause"].get<std::string>(), example.empty() ? "" : " (" + example + ")");
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

void add_connections(std::string& out, const Json& run, bool is_churn) {
  const Json& connections = run["connections"];
  const auto opened = connections["opened"].get<std::uint64_t>();
  const auto wanted = connections["wanted"].get<std::uint64_t>();
  const std::string rate = count_of(run["rates"]["opened"]);
  add_line(out, "connections",
           is_churn ? fmt::format("{} opened, {}/s, {} at a time", opened, rate, wanted)
                    : fmt::format("{} of {} opened in {}, {}/s", opened, wanted,
                                  figure_of_ms(run["opening_s"].get<double>() * 1e3), rate));
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
  for (const char* name : {"lost", "gaps", "duplicated", "reordered", "mismatched", "unsent"}) {
    const auto count = messages[name].get<std::uint64_t>();
    if (count == 0) continue;
    wrong += fmt::format("{}{} {}", wrong.empty() ? "" : ", ", count, name);
  }
  if (messages["expected"].get<std::uint64_t>() > 0 || !wrong.empty()) {
    add_line(out, "messages wrong", wrong.empty() ? "none" : wrong);
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
    out += fmt::format("  {:<12}", name.ends_with("_uncorrected") ? "uncorrected" : name);
    for (const double percent : options.percentiles) {
      out += fmt::format(" {:>7}", figure_of_time(histogram.value_at(percent)));
    }
    out += fmt::format(" {:>7} {:>5}\n", figure_of_ms(latency["max"].get<double>()),
                       count_of(latency["count"]));
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

void add_costs(std::string& out, const Json& run, const std::string& operation) {
  if (run.contains("target")) {
    const Json& target = run["target"];
    add_line(out, "target",
             fmt::format("{:.2f} cores, {:.3g} µs/{}, {} resident, {}/connection",
                         target["cpu"].get<double>(), target["cpu_us_per_operation"].get<double>(),
                         operation, figure_of_bytes(target["rss_peak_bytes"].get<double>()),
                         figure_of_bytes(target["bytes_per_connection"].get<double>())));
  }
  const Json& generator = run["generator"];
  double cpu = 0;
  for (const Json& thread : generator["threads"]) cpu += thread["cpu"].get<double>();
  add_line(out, "generator",
           fmt::format("{:.2f} cores, {:.3g} µs/{}, late by {} (p99), {}/connection", cpu,
                       generator["cpu_us_per_operation"].get<double>(), operation,
                       figure_of_ms(generator["lag"]["percentiles"]["99"].get<double>()),
                       figure_of_bytes(generator["bytes_per_connection"].get<double>())));
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

}  // namespace

std::string report_text(const Json& report, const Options& options) {
  std::string out = fmt::format("{} {}\n", report["scenario"].get<std::string>(),
                                report["url"].get<std::string>());
  for (std::size_t i = 0; i < report["runs"].size(); ++i) {
    const Json& run = report["runs"][i];
    if (report["runs"].size() > 1) out += fmt::format("\nrun {}\n", i + 1);
    add_run(out, run, report["scenario"].get<std::string>(), options);
  }
  const Json& verdict = report["verdict"];
  if (!verdict["warnings"].empty() || !verdict["reasons"].empty()) out += "\n";
  for (const Json& warning : verdict["warnings"]) {
    out += fmt::format("note: {}\n", warning.get<std::string>());
  }
  for (const Json& reason : verdict["reasons"]) {
    out += fmt::format("{}: {}\n", verdict["status"].get<std::string>(), reason.get<std::string>());
  }
  return out;
}
