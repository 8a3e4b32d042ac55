#include "threshold.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <utility>

#include <fmt/format.h>
#include <wskit/error.h>
#include <nlohmann/json.hpp>

#include "aggregation.h"
#include "common/suggestion.h"
#include "common/units.h"
#include "figures.h"
#include "quantities.h"

namespace {

std::string trimmed(const std::string& text) {
  const std::size_t begin = text.find_first_not_of(' ');
  if (begin == std::string::npos) return {};
  return text.substr(begin, text.find_last_not_of(' ') - begin + 1);
}

/// A number, and what follows it.
std::optional<std::pair<double, std::string>> split_number(const std::string& text) {
  double number = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed);
  if (error != std::errc{} || !std::isfinite(number)) return std::nullopt;
  return std::pair{number, trimmed({end, text.data() + text.size()})};
}

std::optional<double> parse_time_ns(const std::string& text) {
  constexpr std::array<std::pair<std::string_view, double>, 8> kUnits{{{"", 1e6},
                                                                       {"ns", 1},
                                                                       {"us", 1e3},
                                                                       {"µs", 1e3},
                                                                       {"ms", 1e6},
                                                                       {"s", 1e9},
                                                                       {"m", 60e9},
                                                                       {"h", 3600e9}}};
  const auto number = split_number(text);
  if (!number) return std::nullopt;
  for (const auto& [unit, factor] : kUnits) {
    if (unit == number->second) return number->first * factor;
  }
  return std::nullopt;
}

std::optional<double> parse_share_of_any_size(const std::string& text) {
  const auto number = split_number(text);
  if (!number || (!number->second.empty() && number->second != "%")) return std::nullopt;
  return number->second.empty() ? number->first : number->first / 100;
}

bool is_trend(const std::string& metric) {
  return std::holds_alternative<Trend>(empty_metrics().at(metric));
}

bool is_tallied(const std::string& metric) {
  return std::holds_alternative<Tallied>(empty_metrics().at(metric));
}

std::string list_of_metrics() {
  std::string list;
  for (const auto& [name, metric] : empty_metrics()) list += (list.empty() ? "" : ", ") + name;
  return list;
}

/// Whether there is enough for what is true now to be taken for what will be in the end.
bool is_telling(const Metric& metric) {
  if (const auto* trend = std::get_if<Trend>(&metric)) {
    return trend->count() >= Threshold::kMinValues;
  }
  const auto* const tallied = std::get_if<Tallied>(&metric);
  return tallied == nullptr || tallied->total >= Threshold::kMinValues;
}

}  // namespace

Threshold::Threshold(const std::string& expression) : expression_{trimmed(expression)} {
  parse(expression_);
}

void Threshold::reject(const std::string& problem) const {
  throw wskit::Error{fmt::format("threshold '{}': {}", expression_, problem)};
}

void Threshold::parse(const std::string& text) {
  constexpr std::array<std::pair<std::string_view, Relation>, 7> kRelations{
      {{"<=", Relation::at_most},
       {">=", Relation::at_least},
       {"===", Relation::equal},
       {"==", Relation::equal},
       {"!=", Relation::unequal},
       {"<", Relation::below},
       {">", Relation::above}}};
  const std::size_t sign = text.find_first_of("<>=!");
  const std::size_t colon = text.find(':');
  if (sign == std::string::npos || colon == std::string::npos || colon > sign) {
    reject("METRIC:AGGREGATION<VALUE is expected, as rtt:p(99)<20ms");
  }
  metric_ = trimmed(text.substr(0, colon));
  if (!empty_metrics().contains(metric_)) {
    std::vector<std::string> names;
    for (const auto& [name, metric] : empty_metrics()) names.push_back(name);
    const std::string near = nearest_word(metric_, names);
    reject(fmt::format("there is no metric {}{}; there are {}", metric_,
                       near.empty() ? "" : ", did you mean " + near + "?", list_of_metrics()));
  }
  parse_aggregation(trimmed(text.substr(colon + 1, sign - colon - 1)));
  const std::string rest = text.substr(sign);
  const auto relation = std::ranges::find_if(
      kRelations, [&rest](const auto& known) { return rest.starts_with(known.first); });
  if (relation == kRelations.end()) reject("the operators are < <= > >= == !=");
  relation_ = relation->second;
  parse_limit(trimmed(rest.substr(relation->first.size())));
}

void Threshold::parse_aggregation(const std::string& text) {
  constexpr std::array<std::pair<std::string_view, Aggregation>, 7> kNames{
      {{"avg", Aggregation::avg},
       {"min", Aggregation::min},
       {"med", Aggregation::med},
       {"max", Aggregation::max},
       {"count", Aggregation::count},
       {"rate", Aggregation::rate},
       {"value", Aggregation::value}}};
  const auto known =
      std::ranges::find(kNames, text, &std::pair<std::string_view, Aggregation>::first);
  if (known != kNames.end()) {
    aggregation_ = known->second;
  } else if (text.starts_with("p(") && text.ends_with(")")) {
    const auto percent = split_number(trimmed(text.substr(2, text.size() - 3)));
    if (!percent || !percent->second.empty() || percent->first < 0 || percent->first > 100) {
      reject(fmt::format("{} is no percentile", text));
    }
    aggregation_ = Aggregation::percentile;
    percent_ = percent->first;
  } else {
    reject(fmt::format("there is no aggregation '{}'", text));
  }
  const bool is_share = aggregation_ == Aggregation::rate;
  const bool is_count = aggregation_ == Aggregation::count;
  const bool is_value = aggregation_ == Aggregation::value;
  if (is_trend(metric_) && (is_share || is_value)) {
    reject(fmt::format("{} has avg, min, med, max, p(N) and count", metric_));
  }
  if (is_tallied(metric_) && !is_share && !is_count) {
    reject(fmt::format("{} has count and rate", metric_));
  }
  if (!is_trend(metric_) && !is_tallied(metric_) && (is_share || is_count)) {
    reject(fmt::format("{} has value, avg, min, med, max and p(N)", metric_));
  }
}

void Threshold::parse_limit(const std::string& text) {
  std::optional<double> limit;
  if (aggregation_ == Aggregation::count) {
    limit = parse_rate(text);
  } else if (is_trend(metric_)) {
    limit = parse_time_ns(text);
  } else if (is_tallied(metric_)) {
    limit = parse_share_of_any_size(text);
  } else if (metric_ == "target_rss") {
    const auto bytes = parse_size(text);
    if (bytes) limit = static_cast<double>(*bytes);
  } else {
    limit = parse_rate(text);
  }
  if (!limit) reject(fmt::format("'{}' is no value for it", text));
  limit_ = *limit;
}

std::optional<double> Threshold::aggregate(const Metric& metric) const {
  if (const auto* trend = std::get_if<Trend>(&metric)) {
    if (aggregation_ == Aggregation::count) return static_cast<double>(trend->count());
    if (trend->count() == 0) return std::nullopt;
    switch (aggregation_) {
      case Aggregation::min:
        return static_cast<double>(trend->min());
      case Aggregation::max:
        return static_cast<double>(trend->max());
      case Aggregation::med:
        return static_cast<double>(trend->value_at(50));
      case Aggregation::percentile:
        return static_cast<double>(trend->value_at(percent_));
      default:
        return trend->mean();
    }
  }
  if (const auto* tallied = std::get_if<Tallied>(&metric)) {
    if (aggregation_ == Aggregation::count) return static_cast<double>(tallied->count);
    if (tallied->total == 0)
      return tallied->count == 0 && metric_ == "errors" ? std::optional{0.0} : std::nullopt;
    return static_cast<double>(tallied->count) / static_cast<double>(tallied->total);
  }
  const auto& gauge = std::get<Gauge>(metric);
  if (gauge.samples.empty()) return std::nullopt;
  switch (aggregation_) {
    case Aggregation::value:
      return gauge.value;
    case Aggregation::min:
      return percentile_of(gauge.samples, 0);
    case Aggregation::max:
      return percentile_of(gauge.samples, 100);
    case Aggregation::med:
      return percentile_of(gauge.samples, 50);
    case Aggregation::percentile:
      return percentile_of(gauge.samples, percent_);
    default:
      return mean_of(gauge.samples);
  }
}

bool Threshold::holds(double value) const {
  switch (relation_) {
    case Relation::below:
      return value < limit_;
    case Relation::at_most:
      return value <= limit_;
    case Relation::above:
      return value > limit_;
    case Relation::at_least:
      return value >= limit_;
    case Relation::equal:
      return value == limit_;
    case Relation::unequal:
      return value != limit_;
  }
  return false;
}

std::string Threshold::describe(double value) const {
  if (aggregation_ == Aggregation::count) return figure_of_count(value);
  if (is_trend(metric_)) return figure_of_time(static_cast<std::uint64_t>(value));
  if (is_tallied(metric_)) return figure_of_share(value);
  if (metric_ == "target_rss") return figure_of_bytes(value);
  return metric_ == "target_us" ? figure_of_time(static_cast<std::uint64_t>(value * 1e3))
                                : figure_of_count(value);
}

ThresholdResult Threshold::check(const Metrics& metrics) const {
  const auto value = aggregate(metrics.at(metric_));
  const bool is_time = is_trend(metric_) && aggregation_ != Aggregation::count;
  return {.expression = expression_,
          .value = value && is_time ? *value / 1e6 : value,
          .text = value ? describe(*value) : "no value",
          .is_met = value && holds(*value)};
}

Threshold::Course Threshold::course() const {
  const bool is_percentile = aggregation_ == Aggregation::percentile;
  const bool is_peak = metric_ == "target_rss" && aggregation_ == Aggregation::value;
  if (aggregation_ == Aggregation::count || aggregation_ == Aggregation::max || is_peak ||
      (is_percentile && percent_ == 100)) {
    return Course::rises;
  }
  if (aggregation_ == Aggregation::min || (is_percentile && percent_ == 0)) return Course::falls;
  return Course::moves;
}

bool Threshold::can_still_be_met(const Metrics& so_far) const {
  const Metric& metric = so_far.at(metric_);
  const auto value = aggregate(metric);
  if (!value || holds(*value)) return true;
  const Course course = this->course();
  // What happened once keeps a share above nothing.
  const bool is_nothing_wanted = std::holds_alternative<Tallied>(metric) && limit_ == 0;
  switch (relation_) {
    case Relation::below:
    case Relation::at_most:
      if (course != Course::moves) return course == Course::falls;
      return !is_nothing_wanted && !is_telling(metric);
    case Relation::above:
    case Relation::at_least:
      if (course != Course::moves) return course == Course::rises;
      return !is_telling(metric);
    case Relation::equal:
      if (course == Course::moves) return !is_nothing_wanted;
      return course == Course::rises ? *value < limit_ : *value > limit_;
    case Relation::unequal:
      break;
  }
  return true;
}

nlohmann::ordered_json describe(const ThresholdResult& result, std::size_t run_number) {
  nlohmann::ordered_json json{{"expression", result.expression},
                              {"run", run_number},
                              {"value", nullptr},
                              {"ok", result.is_met},
                              {"text", result.text}};
  if (result.value) json["value"] = *result.value;
  return json;
}
