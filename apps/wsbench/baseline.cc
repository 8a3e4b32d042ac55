#include "baseline.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <utility>

#include <fmt/format.h>
#include <wskit/error.h>

#include "aggregation.h"
#include "common/split.h"
#include "figures.h"
#include "report_reader.h"
#include "summary.h"

namespace {

using Json = nlohmann::ordered_json;

/// Of these a fall is the regression, of all others a rise.
bool is_more_better(const std::string& metric) {
  return metric.starts_with("rate.") || metric.starts_with("conns.");
}

/// Every figure that a report can have.
const Json& known_figures() {
  static const Json kFigures = [] {
    Metrics metrics = empty_metrics();
    for (auto& [name, metric] : metrics) {
      if (auto* const trend = std::get_if<Trend>(&metric)) trend->record(1);
      if (auto* const gauge = std::get_if<Gauge>(&metric)) gauge->samples = {1};
    }
    return summarise({metrics});
  }();
  return kFigures;
}

/// What is shown of a comparison without limits.
constexpr std::array kMainFigures{"rate.value",   "rtt.p50",      "rtt.p99",        "delivery.p50",
                                  "delivery.p99", "recovery.p99", "target_us.value"};

RegressionLimit parse_limit(const std::string& text) {
  const std::size_t sign = std::min(text.find('='), text.size());
  std::string metric = text.substr(0, sign);
  if (metric.find('.') == std::string::npos) metric += ".value";
  if (!known_figures().contains(metric)) {
    throw wskit::Error{
        fmt::format("--max-regression: there is no metric '{}', such as rtt.p99 or rate",
                    text.substr(0, sign))};
  }
  double share = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data() + std::min(sign + 1, text.size()), end,
                                             share, std::chars_format::fixed);
  const bool is_percent = rest != end && *rest == '%' && rest + 1 == end;
  const bool is_number = error == std::errc{} && std::isfinite(share) && share >= 0;
  if (!is_number || (rest != end && !is_percent)) {
    throw wskit::Error{fmt::format("--max-regression: '{}' has no limit such as 10%", text)};
  }
  return {std::move(metric), is_percent ? share / 100 : share};
}

/// Whether `metrics` are those of a report, as far as they are compared.
bool is_sound(const Json& metrics) {
  return metrics.is_object() && std::ranges::all_of(metrics, [](const Json& metric) {
           return metric.is_object() && metric.contains("median") && metric["median"].is_number();
         });
}

}  // namespace

std::vector<RegressionLimit> parse_regression_limits(const std::string& text) {
  std::vector<RegressionLimit> limits;
  for (const std::string& part : split_at_commas(text)) {
    if (!part.empty()) limits.push_back(parse_limit(part));
  }
  return limits;
}

Baseline::Baseline(const std::string& file, std::vector<RegressionLimit> limits)
    : Baseline{file, read_report(file), std::move(limits)} {}

Baseline::Baseline(std::string name, Json report, std::vector<RegressionLimit> limits)
    : name_{std::move(name)}, report_(std::move(report)), limits_{std::move(limits)} {
  if (report_.contains("metrics") && is_sound(report_["metrics"])) return;
  throw wskit::Error{fmt::format("{}: its metrics are missing or malformed", name_)};
}

Json Baseline::compare(const RegressionLimit& limit, const Json& metrics) const {
  const Json& known = report_["metrics"];
  Json comparison{{"metric", limit.metric}, {"unit", known_figures()[limit.metric]["unit"]},
                  {"baseline", nullptr},    {"value", nullptr},
                  {"change", nullptr},      {"limit", nullptr},
                  {"spread", nullptr},      {"ok", !limit.share}};
  if (limit.share) comparison["limit"] = *limit.share;
  if (known.contains(limit.metric)) comparison["baseline"] = known[limit.metric]["median"];
  if (metrics.contains(limit.metric)) {
    comparison["value"] = metrics[limit.metric]["median"];
    comparison["spread"] = metrics[limit.metric]["spread"];
  }
  if (comparison["baseline"].is_null() || comparison["value"].is_null()) return comparison;
  const auto before = comparison["baseline"].get<double>();
  const auto now = comparison["value"].get<double>();
  if (before != 0 || now == 0) comparison["change"] = before == now ? 0 : (now - before) / before;
  const bool is_fall_bad = is_more_better(limit.metric);
  const double worsening = is_fall_bad ? before - now : now - before;
  const auto best = metrics[limit.metric][is_fall_bad ? "max" : "min"].get<double>();
  const bool is_best_worse = is_fall_bad ? best < before : best > before;
  const bool is_regression = limit.share && worsening > *limit.share * before && is_best_worse;
  comparison["ok"] = !is_regression;
  return comparison;
}

Json Baseline::compare(const Json& report) const {
  const Json& metrics = report["metrics"];
  std::vector<RegressionLimit> limits = limits_;
  for (const char* figure : kMainFigures) {
    const bool is_in_both = metrics.contains(figure) && report_["metrics"].contains(figure);
    if (limits_.empty() && is_in_both) limits.push_back({figure, {}});
  }
  Json comparisons = Json::array();
  for (const RegressionLimit& limit : limits) comparisons.push_back(compare(limit, metrics));
  Json warnings = Json::array();
  const auto differ = [&warnings](const std::string& what, const Json& before, const Json& now) {
    if (before == now) return;
    warnings.push_back(
        fmt::format("the baseline's {} was {}, now it is {}", what, before.dump(), now.dump()));
  };
  differ("scenario", report_.value("scenario", Json{}), report["scenario"]);
  const Json before = report_.value("options", Json::object());
  for (const char* option : {"connections", "rate", "in_flight", "payload_bytes"}) {
    differ(option, before.value(option, Json{}), report["options"][option]);
  }
  return {
      {"file", name_}, {"comparisons", std::move(comparisons)}, {"warnings", std::move(warnings)}};
}

std::string describe_regression(const Json& comparison) {
  const auto metric = comparison["metric"].get<std::string>();
  const Json& before = comparison["baseline"];
  const Json& now = comparison["value"];
  if (before.is_null() || now.is_null()) {
    return fmt::format("{} is missing in the report or in the baseline", metric);
  }
  const auto unit = comparison["unit"].get<std::string>();
  const Json& change = comparison["change"];
  return fmt::format(
      "{} changed{} from {} to {}; {} are allowed", metric,
      change.is_null() ? "" : fmt::format(" by {:+.1f} %,", change.get<double>() * 100),
      figure_of(before.get<double>(), unit), figure_of(now.get<double>(), unit),
      figure_of(comparison["limit"].get<double>(), "share"));
}
