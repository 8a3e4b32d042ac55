#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include <nlohmann/json_fwd.hpp>

#include "metrics.h"

/// What a threshold found in a run.
struct ThresholdResult {
  std::string expression;
  std::optional<double> value;  ///< milliseconds, shares, or the metric's own unit
  std::string text;             ///< the value, as people read it
  bool is_met = false;
};

/// What must hold of a metric, in k6's grammar: `rtt:p(99)<20ms`.
///
/// Trends (rtt, delivery, skew, connect, handshake, gen_lag) have avg, min, med, max, p(N) and
/// count; loss and errors have count and rate, a share; gauges (rate, conns, target_rss,
/// target_cpu, target_us) have value, which is that of the whole run, and avg, min, med, max and
/// p(N) of the intervals. A plain number is milliseconds where the metric is a time.
class Threshold {
 public:
  /// Throws wskit::Error naming what is malformed or unknown, and what there is.
  explicit Threshold(const std::string& expression);

  /// A metric without any value meets nothing but a count.
  ThresholdResult check(const Metrics& metrics) const;

  /// Whether a run that goes on is worth it. What can only rise or only fall (count, min, max) is
  /// lost when it is on the wrong side for good. What moves both ways is lost when it is on the
  /// wrong side now, as in k6, but times and shares need kMinValues first; that it equals
  /// something can come true at any time.
  bool can_still_be_met(const Metrics& so_far) const;

  static constexpr std::uint64_t kMinValues = 100;

 private:
  enum class Aggregation : std::uint8_t { avg, min, med, max, percentile, count, rate, value };
  enum class Relation : std::uint8_t { below, at_most, above, at_least, equal, unequal };
  enum class Course : std::uint8_t { rises, falls, moves };  ///< of the value as a run goes on

  void parse(const std::string& text);
  void parse_aggregation(const std::string& text);
  void parse_limit(const std::string& text);
  [[noreturn]] void reject(const std::string& problem) const;
  std::optional<double> aggregate(const Metric& metric) const;
  bool holds(double value) const;
  Course course() const;
  std::string describe(double value) const;

  std::string expression_;
  std::string metric_;
  Aggregation aggregation_ = Aggregation::avg;
  double percent_ = 0;
  Relation relation_ = Relation::below;
  double limit_ = 0;
};

/// As an entry of `thresholds` in the report.
nlohmann::ordered_json describe(const ThresholdResult& result, std::size_t run_number);
