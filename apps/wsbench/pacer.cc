#include "pacer.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace {

/// So many are sent before the loop looks at anything else.
constexpr int kMaxBurst = 256;

/// Who misses more of what was due is known to be late well enough.
constexpr int kMaxMisses = 100'000;

}  // namespace

void Pacer::begin(Schedule schedule, const Turns& turns, std::uint64_t limit, TimePoint end) {
  schedule_ = std::move(schedule);
  turns_ = turns;
  next_ = turns.first();
  left_ = limit;
  end_ = end;
  if (left_ > 0) timer_.set(schedule_->due(next_));
}

void Pacer::end(const Send& miss) {
  timer_.stop();
  const TimePoint end = std::min(end_, Clock::now());
  for (int i = 0; i < kMaxMisses && left_ > 0; ++i, --left_) {
    const TimePoint due = schedule_->due(next_);
    if (due >= end) break;
    miss(due);
    next_ = turns_->after(next_);
  }
  left_ = 0;
}

void Pacer::send_due() {
  TimePoint now = Clock::now();
  for (int i = 0; i < kMaxBurst && left_ > 0; ++i) {
    const TimePoint due = schedule_->due(next_);
    if (due > now) now = Clock::now();
    if (due > now || due >= end_) break;
    next_ = turns_->after(next_);
    --left_;
    send_(due);
  }
  if (left_ == 0) return;
  const TimePoint next = schedule_->due(next_);
  if (next < end_) timer_.set(next);
}

Schedule rate_schedule(const LoadOptions& options, TimePoint start) {
  std::vector<RateStage> stages;
  double rate = options.rate;
  stages.push_back({options.warmup, rate, rate});
  for (const Stage& stage : options.stages) {
    if (!stage.is_rate) continue;
    stages.push_back({stage.length, rate, stage.target});
    rate = stage.target;
  }
  return {start, std::move(stages)};
}
