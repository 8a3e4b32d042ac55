#include "recorder.h"

#include <utility>

Recorder::Recorder(bool is_open_loop) : is_open_loop_{is_open_loop} {
  interval_.reserve();
  tally_.uncorrected.reserve();
  tally_.lag.reserve();
}

void Recorder::record_skew(std::chrono::nanoseconds skew, TimePoint first) {
  if (is_measured(first)) tally_.skew.record(skew);
}

void Recorder::record_lag(std::chrono::nanoseconds lag, TimePoint due) {
  const auto lag_ns = static_cast<std::uint64_t>(std::max<std::int64_t>(0, lag.count()));
  std::uint64_t& longest_ns = interval_.interval.longest_lag_ns;
  longest_ns = std::max(longest_ns, lag_ns);
  if (is_measured(due)) tally_.lag.record(lag);
}

void Recorder::take_interval(IntervalTally& tally) {
  interval_.interval.counts = tally_.total - counts_before_;
  counts_before_ = tally_.total;
  std::swap(tally, interval_);
}

Tally Recorder::take_tally() {
  tally_.latency = std::move(interval_.latency);
  return std::move(tally_);
}
