#include "report_markdown.h"

#include <array>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "figures.h"

namespace {

using Json = nlohmann::ordered_json;

/// Text of others in a cell: no table, link or HTML comes of it.
std::string cell(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '<') {
      out += "&lt;";
    } else if (c == '&') {
      out += "&amp;";
    } else if (static_cast<unsigned char>(c) < ' ') {
      out += ' ';
    } else {
      if (std::string_view{"|`*_[]\\"}.find(c) != std::string_view::npos) out += '\\';
      out += c;
    }
  }
  return out;
}

void add_latencies(std::string& out, const Json& run) {
  if (run["latencies"].empty()) return;
  out +=
      "\n| latency | p50 | p90 | p99 | p99.9 | max | count "
      "|\n|---|---:|---:|---:|---:|---:|---:|\n";
  for (const auto& [name, latency] : run["latencies"].items()) {
    out += "| " + cell(name);
    for (const char* percent : {"50", "90", "99", "99.9"}) {
      out += " | " + figure_of_ms(latency["percentiles"][percent].get<double>());
    }
    out += fmt::format(" | {} | {} |\n", figure_of_ms(latency["max"].get<double>()),
                       figure_of_count(latency["count"].get<double>()));
  }
}

void add_counts(std::string& out, const Json& run) {
  const Json& connections = run["connections"];
  const Json& messages = run["messages"];
  out += fmt::format(
      "\n{} of {} connections, {}/s sent, {}/s received, {} lost, {} duplicated, {} reordered\n",
      connections["opened"].get<std::uint64_t>(), connections["wanted"].get<std::uint64_t>(),
      figure_of_count(run["rates"]["sent"].get<double>()),
      figure_of_count(run["rates"]["received"].get<double>()),
      messages["lost"].get<std::uint64_t>(), messages["duplicated"].get<std::uint64_t>(),
      messages["reordered"].get<std::uint64_t>());
  for (const char* what : {"failures", "endings"}) {
    for (const Json& cause : connections[what]) {
      out += fmt::format("- {} × {}: {}\n", cause["count"].get<std::uint64_t>(),
                         cell(cause["cause"].get<std::string>()),
                         cell(cause["example"].get<std::string>()));
    }
  }
}

void add_checks(std::string& out, const Json& report) {
  const Json thresholds = report.value("thresholds", Json::array());
  if (!thresholds.empty()) out += "\n| threshold | value | met |\n|---|---:|---|\n";
  for (const Json& threshold : thresholds) {
    out += fmt::format("| {} | {} | {} |\n", cell(threshold["expression"].get<std::string>()),
                       cell(threshold["text"].get<std::string>()),
                       threshold["ok"].get<bool>() ? "yes" : "**no**");
  }
  Json all = report.value("comparisons", Json::array());
  if (report.contains("baseline")) all.push_back(report["baseline"]);
  for (const Json& compared : all) {
    out += fmt::format(
        "\n| against {} | before | now | change | allowed |\n|---|---:|---:|---:|---:|\n",
        cell(compared["file"].get<std::string>()));
    for (const Json& comparison : compared["comparisons"]) {
      const auto number = [&comparison](const char* name, const char* format, double factor) {
        const Json& value = comparison[name];
        return value.is_null() ? "–"
                               : fmt::format(fmt::runtime(format), value.get<double>() * factor);
      };
      out += fmt::format("| {}{} | {} | {} | {} | {} |\n",
                         comparison["ok"].get<bool>() ? "" : "**regressed** ",
                         cell(comparison["metric"].get<std::string>()),
                         number("baseline", "{:.4g}", 1), number("value", "{:.4g}", 1),
                         number("change", "{:+.1f} %", 100), number("limit", "{:.3g} %", 100));
    }
  }
}

}  // namespace

std::string report_markdown(const Json& report) {
  const Json& verdict = report["verdict"];
  std::string out =
      fmt::format("### wsbench: {} {} — {}\n", cell(report["scenario"].get<std::string>()),
                  cell(report["url"].get<std::string>()), verdict["status"].get<std::string>());
  for (const Json& reason : verdict["reasons"]) out += "\n- " + cell(reason.get<std::string>());
  for (const Json& warning : verdict["warnings"]) {
    out += "\n- note: " + cell(warning.get<std::string>());
  }
  if (!verdict["reasons"].empty() || !verdict["warnings"].empty()) out += "\n";
  const std::size_t count = report["runs"].size();
  for (std::size_t i = 0; i < count; ++i) {
    if (count > 1) out += fmt::format("\n#### run {}\n", i + 1);
    add_counts(out, report["runs"][i]);
    add_latencies(out, report["runs"][i]);
  }
  add_checks(out, report);
  return out;
}
