#include "schedule.h"

#include <algorithm>
#include <cmath>

namespace {

/// The time after which `count` events have come, of a rate that changes linearly. The area below
/// the rate is count = begin * t + slope * t² / 2.
double time_for(double count, double begin_rate, double slope) {
  if (std::abs(slope) < 1e-12) return count / begin_rate;
  const double root = std::sqrt(std::max(0.0, begin_rate * begin_rate + 2 * slope * count));
  return 2 * count / (begin_rate + root);
}

}  // namespace

Schedule::Schedule(TimePoint start, std::vector<RateStage> stages) {
  double events = 0;
  for (const RateStage& stage : stages) {
    segments_.push_back({stage, start, events});
    start += stage.length;
    events += in_seconds(stage.length) * (stage.begin_rate + stage.end_rate) / 2;
  }
  const double last_rate = stages.back().end_rate;
  segments_.push_back({{Clock::duration::max(), last_rate, last_rate}, start, events});
}

TimePoint Schedule::due(std::uint64_t number) const {
  const auto wanted = static_cast<double>(number);
  const auto after = std::ranges::upper_bound(segments_, wanted, {}, &Segment::events_before);
  const Segment& segment = *std::prev(after);
  const RateStage& stage = segment.stage;
  const double count = wanted - segment.events_before;
  if (count <= 0) return segment.begin;
  const bool is_last = after == segments_.end();
  if (is_last && stage.begin_rate <= 0) return TimePoint::max();
  const double slope = is_last ? 0 : (stage.end_rate - stage.begin_rate) / in_seconds(stage.length);
  const double seconds = time_for(count, stage.begin_rate, slope);
  constexpr double kForEver = 1e9;
  return seconds < kForEver ? segment.begin + seconds_long(seconds) : TimePoint::max();
}
