#include "summary.h"

#include <algorithm>
#include <array>
#include <map>
#include <string>
#include <utility>

#include <nlohmann/json.hpp>

#include "aggregation.h"
#include "measures.h"

namespace {

using Json = nlohmann::ordered_json;

struct Figure {
  std::string name;
  std::string unit;
  double value;
};

void add_trend(std::vector<Figure>& figures, const std::string& name, const Trend& trend) {
  constexpr std::array<std::pair<const char*, double>, 5> kPercentiles{
      {{"p50", 50}, {"p90", 90}, {"p99", 99}, {"p99.9", 99.9}, {"p99.99", 99.99}}};
  if (trend.count() == 0) return;
  figures.push_back({name + ".avg", "ms", in_ms(trend.mean())});
  figures.push_back({name + ".min", "ms", in_ms(static_cast<double>(trend.min()))});
  for (const auto& [suffix, percent] : kPercentiles) {
    const auto value = static_cast<double>(trend.value_at(percent));
    figures.push_back({name + "." + suffix, "ms", in_ms(value)});
  }
  figures.push_back({name + ".max", "ms", in_ms(static_cast<double>(trend.max()))});
}

std::string unit_of(const std::string& gauge) {
  if (gauge == "rate") return "1/s";
  if (gauge == "target_rss") return "bytes";
  if (gauge == "target_us") return "us";
  return gauge == "target_cpu" ? "cores" : "";
}

std::vector<Figure> figures_of(const Metrics& metrics) {
  std::vector<Figure> figures;
  for (const auto& [name, metric] : metrics) {
    if (const auto* trend = std::get_if<Trend>(&metric)) {
      add_trend(figures, name, *trend);
    } else if (const auto* tallied = std::get_if<Tallied>(&metric)) {
      const double share = tallied->total == 0 ? 0
                                               : static_cast<double>(tallied->count) /
                                                     static_cast<double>(tallied->total);
      figures.push_back({name + ".count", "", static_cast<double>(tallied->count)});
      figures.push_back({name + ".rate", "share", share});
    } else if (const auto& gauge = std::get<Gauge>(metric); !gauge.samples.empty()) {
      figures.push_back({name + ".value", unit_of(name), gauge.value});
    }
  }
  return figures;
}

}  // namespace

Json summarise(const std::vector<Metrics>& runs) {
  std::map<std::string, std::pair<std::string, std::vector<double>>> values;
  for (const Metrics& run : runs) {
    for (Figure& figure : figures_of(run)) {
      auto& [unit, list] = values[figure.name];
      unit = std::move(figure.unit);
      list.push_back(figure.value);
    }
  }
  Json summary = Json::object();
  for (const auto& [name, entry] : values) {
    const auto& [unit, list] = entry;
    const auto [least, most] = std::ranges::minmax(list);
    const double median = percentile_of(list, 50);
    summary[name] = {{"unit", unit},
                     {"median", median},
                     {"min", least},
                     {"max", most},
                     {"spread", median != 0 ? (most - least) / median : 0}};
  }
  return summary;
}
