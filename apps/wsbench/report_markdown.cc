#include "report_markdown.h"

#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "common/printable.h"
#include "figures.h"
#include "report_tables.h"

namespace {

using Json = nlohmann::ordered_json;

/// Text of others in a cell: no table, link or HTML comes of it.
std::string cell(const std::string& text) {
  std::string out;
  for (const char c : printable_line(text)) {
    if (c == '<') {
      out += "&lt;";
    } else if (c == '&') {
      out += "&amp;";
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

void add_causes(std::string& out, const Json& causes) {
  for (const Json& cause : causes) {
    out += fmt::format("- {} × {}: {}\n", cause["count"].get<std::uint64_t>(),
                       cell(cause["cause"].get<std::string>()),
                       cell(cause["example"].get<std::string>()));
  }
}

void add_counts(std::string& out, const Json& run) {
  const Json& connections = run["connections"];
  const Json& messages = run["messages"];
  out += fmt::format(
      "\n{} of {} connections, {}/s sent, {}/s received, {} lost, {} duplicated, {} reordered\n",
      connections["opened_at_start"].get<std::uint64_t>(),
      connections["wanted"].get<std::uint64_t>(),
      figure_of_count(run["rates"]["sent"].get<double>()),
      figure_of_count(run["rates"]["received"].get<double>()),
      messages["lost"].get<std::uint64_t>(), messages["duplicated"].get<std::uint64_t>(),
      messages["reordered"].get<std::uint64_t>());
  add_causes(out, connections["failures"]);
  add_causes(out, connections["endings"]);
  add_causes(out, messages["publish_failures"]);
}

void add_row(std::string& out, const std::vector<std::string>& cells) {
  for (const std::string& text : cells) out += fmt::format("| {} ", cell(text));
  out += "|\n";
}

void add_table(std::string& out, const ReportTable& table) {
  out += fmt::format("\n**{}**\n\n", cell(table.title));
  add_row(out, table.columns);
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    const bool is_prose = table.has_text_at_end && i + 1 == table.columns.size();
    out += i == 0 || is_prose ? "|---" : "|---:";
  }
  out += "|\n";
  for (const auto& row : table.rows) add_row(out, row);
}

/// Each reason begins with what it is about.
void add_verdict(std::string& out, const Json& verdict) {
  const Json& reasons = verdict["reasons"];
  for (std::size_t i = 0; i < reasons.size(); ++i) {
    out += fmt::format("\n- **{}**: {}", verdict["statuses"][i].get<std::string>(),
                       cell(reasons[i].get<std::string>()));
  }
  for (const Json& warning : verdict["warnings"]) {
    out += "\n- note: " + cell(warning.get<std::string>());
  }
  if (!reasons.empty() || !verdict["warnings"].empty()) out += "\n";
}

}  // namespace

std::string report_markdown(const Json& report) {
  const Json& verdict = report["verdict"];
  std::string out = fmt::format("### wsbench: {} — {}\n", cell(title_of(report)),
                                verdict["status"].get<std::string>());
  add_verdict(out, verdict);
  const Json urls = report.value("urls", Json::array());
  for (std::size_t i = 0; i < urls.size(); ++i) {
    out += fmt::format("{}{}. {}\n", i == 0 ? "\n" : "", i + 1, cell(urls[i].get<std::string>()));
  }
  // What all runs say together comes first: comments are short.
  for (const ReportTable& table : tables_of(report)) add_table(out, table);
  for (std::size_t i = 0; i < report["runs"].size(); ++i) {
    const std::string name = name_of_run(report, i);
    if (!name.empty()) out += fmt::format("\n#### {}\n", name);
    add_counts(out, report["runs"][i]);
    add_latencies(out, report["runs"][i]);
  }
  return out;
}
