#include "aggregation.h"

#include <algorithm>
#include <cmath>
#include <numeric>

double percentile_of(std::vector<double> numbers, double percent) {
  std::ranges::sort(numbers);
  const double place = percent / 100 * static_cast<double>(numbers.size() - 1);
  const auto below = static_cast<std::size_t>(place);
  const std::size_t above = std::min(below + 1, numbers.size() - 1);
  return std::lerp(numbers[below], numbers[above], place - static_cast<double>(below));
}

double mean_of(const std::vector<double>& numbers) {
  return std::accumulate(numbers.begin(), numbers.end(), 0.0) / static_cast<double>(numbers.size());
}

const Metrics& empty_metrics() {
  static const Metrics kMetrics = metrics_of({}, {});
  return kMetrics;
}
