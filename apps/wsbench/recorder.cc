#include "recorder.h"

#include <utility>

void Recorder::record_skew(std::chrono::nanoseconds skew, TimePoint first) {
  if (is_measured(first)) tally_.skew.record(skew);
}

void Recorder::record_lag(std::chrono::nanoseconds lag, TimePoint due) {
  last_.longest_lag_ns = std::max(
      last_.longest_lag_ns, static_cast<std::uint64_t>(std::max<std::int64_t>(0, lag.count())));
  if (is_measured(due)) tally_.lag.record(lag);
}

Interval Recorder::take_interval(std::size_t open_count) {
  Interval interval{.counts = tally_.total - last_.counts,
                    .open_count = open_count,
                    .latency = measured_latency_,
                    .longest_lag_ns = std::exchange(last_.longest_lag_ns, 0)};
  interval.latency.add(unmeasured_latency_);
  tally_.latency.add(measured_latency_);
  measured_latency_.reset();
  unmeasured_latency_.reset();
  last_.counts = tally_.total;
  return interval;
}

Tally Recorder::take_tally() {
  tally_.latency.add(measured_latency_);
  measured_latency_.reset();
  return std::move(tally_);
}
