#include "baseline.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>
#include <wskit/error.h>

#include "aggregation.h"
#include "common/split.h"
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

}  // namespace

Baseline::Baseline(const std::string& file, const std::string& limits)
    : Baseline{file, read_report(file), limits} {}

Baseline::Baseline(std::string name, Json report, const std::string& limits)
    : name_{std::move(name)}, report_(std::move(report)) {
  parse_limits(limits);
  const auto metrics = report_.find("metrics");
  bool is_sound = metrics != report_.end() && metrics->is_object();
  for (const char* member : {"median", "min", "max"}) {
    if (!is_sound) break;
    is_sound = std::ranges::all_of(*metrics, [member](const Json& metric) {
      return metric.is_object() && metric.contains(member) && metric[member].is_number();
    });
  }
  if (!is_sound) throw wskit::Error{fmt::format("{}: its metrics are missing or malformed", name_)};
}

void Baseline::parse_limits(const std::string& limits) {
  for (const std::string& part : split_at_commas(limits)) {
    if (part.empty()) continue;
    const std::size_t sign = std::min(part.find('='), part.size());
    std::string metric = part.substr(0, sign);
    if (metric.find('.') == std::string::npos) metric += ".value";
    if (!known_figures().contains(metric)) {
      throw wskit::Error{
          fmt::format("--max-regression: there is no metric '{}', such as rtt.p99 or "
                      "rate",
                      part.substr(0, sign))};
    }
    double share = 0;
    const char* const begin = part.data() + std::min(sign + 1, part.size());
    const char* const end = part.data() + part.size();
    const auto [rest, error] = std::from_chars(begin, end, share, std::chars_format::fixed);
    const bool is_percent = rest != end && *rest == '%' && rest + 1 == end;
    if (error != std::errc{} || share < 0 || (rest != end && !is_percent)) {
      throw wskit::Error{fmt::format("--max-regression: '{}' has no limit such as 10%", part)};
    }
    limits_.push_back({std::move(metric), is_percent ? share / 100 : share});
  }
}

Json Baseline::compare(const Limit& limit, const Json& metrics) const {
  const Json& known = report_["metrics"];
  Json comparison{
      {"metric", limit.metric}, {"baseline", nullptr}, {"value", nullptr}, {"change", nullptr},
      {"limit", limit.share},   {"spread", nullptr},   {"ok", false}};
  if (known.contains(limit.metric)) comparison["baseline"] = known[limit.metric]["median"];
  if (metrics.contains(limit.metric)) {
    comparison["value"] = metrics[limit.metric]["median"];
    comparison["spread"] = metrics[limit.metric]["spread"];
  }
  if (comparison["baseline"].is_null() || comparison["value"].is_null()) return comparison;
  const auto before = comparison["baseline"].get<double>();
  const auto now = comparison["value"].get<double>();
  const double change = before != 0 ? (now - before) / before : (now == 0 ? 0 : 1);
  const bool is_fall_bad = is_more_better(limit.metric);
  const double worsening = is_fall_bad ? -change : change;
  const auto best = metrics[limit.metric][is_fall_bad ? "max" : "min"].get<double>();
  const bool is_best_worse = is_fall_bad ? best < before : best > before;
  comparison["change"] = change;
  comparison["ok"] = worsening <= limit.share || !is_best_worse;
  return comparison;
}

Json Baseline::compare(const Json& report) const {
  Json comparisons = Json::array();
  for (const Limit& limit : limits_) comparisons.push_back(compare(limit, report["metrics"]));
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
  if (comparison["change"].is_null()) {
    return fmt::format("{} is missing in the report or in the baseline", metric);
  }
  return fmt::format("{} changed by {:+.1f} %, from {:.4g} to {:.4g}; {:.3g} % are allowed", metric,
                     comparison["change"].get<double>() * 100, comparison["baseline"].get<double>(),
                     comparison["value"].get<double>(), comparison["limit"].get<double>() * 100);
}
