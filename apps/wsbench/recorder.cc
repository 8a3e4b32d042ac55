#include "recorder.h"

#include <utility>

void Recorder::record_latency(Clock::duration latency, Clock::duration lag, TimePoint now) {
  const bool is_in_window = is_measured(now - latency);
  (is_in_window ? measured_latency_ : unmeasured_latency_).record(latency);
  if (is_in_window && is_open_loop_) tally_.uncorrected.record(latency - lag);
}

void Recorder::record_latency(const Stamp& stamp) {
  const TimePoint now = arrival_time();
  // Nothing comes before it is sent, but a server may make up a stamp.
  const auto latency = std::max(since(stamp.due, now.time_since_epoch()), Clock::duration{0});
  record_latency(latency, stamp.lag, now);
}

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
