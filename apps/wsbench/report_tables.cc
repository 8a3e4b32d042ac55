#include "report_tables.h"

#include <array>
#include <cstddef>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "figures.h"

namespace {

using Json = nlohmann::ordered_json;

/// Figures of which the medians are shown, if they were measured.
constexpr std::array kRepeatedFigures{
    "rate.value",       "rtt.p50",          "rtt.p99",         "rtt.max",      "delivery.p50",
    "delivery.p99",     "delivery.max",     "skew.p99",        "recovery.p99", "handshake.p50",
    "target_cpu.value", "target_rss.value", "target_us.value", "loss.count",   "errors.count"};

std::string yes_or_no(const Json& value) {
  return value.get<bool>() ? "yes" : "no";
}

ReportTable search_table(const Json& search) {
  const bool is_for_rate = search["for"] == "rate";
  const auto best = search["best"].get<std::uint64_t>();
  const std::string unit = is_for_rate ? "/s" : "";
  const std::string what = is_for_rate ? "the highest rate" : "the most connections";
  ReportTable table{.title = fmt::format("search for {}: {}", what,
                                         best > 0 ? std::to_string(best) + unit : "none holds"),
                    .columns = {"", "holds", "why not"},
                    .rows = {},
                    .has_text_at_end = true};
  for (const Json& trial : search["trials"]) {
    table.rows.push_back({std::to_string(trial["load"].get<std::uint64_t>()) + unit,
                          yes_or_no(trial["holds"]), trial["reason"].get<std::string>()});
  }
  return table;
}

ReportTable median_table(const Json& report) {
  ReportTable table{.title = fmt::format("medians of {} runs", report["runs"].size()),
                    .columns = {"", "median", "lowest", "highest", "spread"},
                    .rows = {}};
  const Json& metrics = report["metrics"];
  for (const char* name : kRepeatedFigures) {
    if (!metrics.contains(name)) continue;
    const Json& metric = metrics[name];
    const auto figure = [&metric](const char* of) {
      return figure_of(metric[of].get<double>(), metric["unit"].get<std::string>());
    };
    table.rows.push_back({name, figure("median"), figure("min"), figure("max"),
                          figure_of_share(metric["spread"].get<double>())});
  }
  return table;
}

ReportTable threshold_table(const Json& report) {
  const bool has_runs = report["runs"].size() > 1;
  ReportTable table{.title = "thresholds", .columns = {"", "value", "met"}, .rows = {}};
  for (const Json& threshold : report["thresholds"]) {
    auto name = threshold["expression"].get<std::string>();
    if (has_runs) name += fmt::format(" (run {})", threshold["run"].get<std::size_t>());
    table.rows.push_back(
        {std::move(name), threshold["text"].get<std::string>(), yes_or_no(threshold["ok"])});
  }
  return table;
}

ReportTable comparison_table(const Json& compared) {
  ReportTable table{.title = "against " + compared["file"].get<std::string>(),
                    .columns = {"", "before", "now", "change", "allowed", "ok"},
                    .rows = {}};
  if (compared.contains("target_number")) {
    table.title =
        fmt::format("server {} against server 1", compared["target_number"].get<std::size_t>());
  }
  for (const Json& comparison : compared["comparisons"]) {
    const auto unit = comparison["unit"].get<std::string>();
    const auto figure = [&comparison](const char* of, const auto& show) -> std::string {
      return comparison[of].is_null() ? "–" : show(comparison[of].get<double>());
    };
    const auto value = [&unit](double number) { return figure_of(number, unit); };
    const auto change = [](double share) { return fmt::format("{:+.1f} %", share * 100); };
    table.rows.push_back({comparison["metric"].get<std::string>(), figure("baseline", value),
                          figure("value", value), figure("change", change),
                          figure("limit", figure_of_share),
                          comparison["limit"].is_null() ? "–" : yes_or_no(comparison["ok"])});
  }
  return table;
}

}  // namespace

std::vector<ReportTable> tables_of(const Json& report) {
  std::vector<ReportTable> tables;
  const bool is_comparison = report.contains("comparisons");
  if (report.contains("search")) tables.push_back(search_table(report["search"]));
  if (report["runs"].size() > 1 && !is_comparison) tables.push_back(median_table(report));
  if (report.contains("thresholds")) tables.push_back(threshold_table(report));
  if (report.contains("baseline")) tables.push_back(comparison_table(report["baseline"]));
  if (!is_comparison) return tables;
  for (const Json& compared : report["comparisons"]) tables.push_back(comparison_table(compared));
  return tables;
}

std::string name_of_run(const Json& report, std::size_t index) {
  if (report.contains("search")) return "the best trial";
  if (report["runs"].size() < 2) return {};
  const Json& run = report["runs"][index];
  std::string name = fmt::format("run {}", index + 1);
  if (!run.contains("target_number")) return name;
  return fmt::format("{}, server {}", name, run["target_number"].get<std::size_t>());
}

std::string title_of(const Json& report) {
  const auto scenario = report["scenario"].get<std::string>();
  if (report.contains("urls")) return "compare " + scenario;
  const std::string mode = report.contains("search") ? "search " : "";
  return fmt::format("{}{} {}", mode, scenario, report["url"].get<std::string>());
}
