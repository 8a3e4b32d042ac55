#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <variant>
#include <vector>

#include "histogram.h"
#include "plan.h"
#include "run_result.h"

/// Durations in nanoseconds, as k6's Trend.
using Trend = Histogram;

/// How often something happened, and the number it is a part of: k6's Counter and Rate in one.
struct Tallied {
  std::uint64_t count = 0;
  std::uint64_t total = 0;
};

/// What was sampled over the time of a run: k6's Gauge. In units a second, cores, bytes or numbers.
struct Gauge {
  std::vector<double> samples;
  double value = 0;  ///< of the whole run
};

using Metric = std::variant<Trend, Tallied, Gauge>;

/// What a run has measured, by the names that thresholds have for it.
using Metrics = std::map<std::string, Metric>;

/// Every name is there, whatever the scenario: a metric without values is empty.
Metrics metrics_of(const Plan& plan, const RunResult& result);
