#include "tally.h"

#include <algorithm>

namespace {

using Member = std::uint64_t Counts::*;

constexpr std::array<Member, 15> kMembers{
    &Counts::sent,      &Counts::sent_bytes, &Counts::received,        &Counts::received_bytes,
    &Counts::reads,     &Counts::answered,   &Counts::other,           &Counts::duplicated,
    &Counts::reordered, &Counts::mismatched, &Counts::unsent,          &Counts::opened,
    &Counts::failed,    &Counts::ended,      &Counts::failed_publishes};

static_assert(sizeof(Counts) == kMembers.size() * sizeof(std::uint64_t));

void add_causes(Causes& causes, const Causes& more) {
  for (const auto& [name, cause] : more) note_cause(causes, name, cause.example, cause.count);
}

}  // namespace

Counts& Counts::operator+=(const Counts& other_counts) {
  for (const Member member : kMembers) this->*member += other_counts.*member;
  return *this;
}

Counts Counts::operator-(const Counts& earlier) const {
  Counts difference;
  for (const Member member : kMembers) difference.*member = this->*member - earlier.*member;
  return difference;
}

void note_cause(Causes& causes, const std::string& name, const std::string& example,
                std::uint64_t count) {
  Cause& cause = causes[name];
  if (cause.count == 0) cause.example = example;
  cause.count += count;
}

void Interval::add(const Interval& other) {
  counts += other.counts;
  open_count += other.open_count;
  longest_lag_ns = std::max(longest_lag_ns, other.longest_lag_ns);
  idle_polling += other.idle_polling;
}

void IntervalTally::add(const IntervalTally& other) {
  interval.add(other.interval);
  latency.add(other.latency);
  unmeasured_latency.add(other.unmeasured_latency);
}

void IntervalTally::reset() {
  interval = {};
  latency.reset();
  unmeasured_latency.reset();
}

void IntervalTally::reserve() {
  latency.reserve();
  unmeasured_latency.reserve();
}

void Tally::add(const Tally& other) {
  connect.add(other.connect);
  handshake.add(other.handshake);
  latency.add(other.latency);
  uncorrected.add(other.uncorrected);
  skew.add(other.skew);
  recovery.add(other.recovery);
  lag.add(other.lag);
  total += other.total;
  measured += other.measured;
  add_causes(failures, other.failures);
  add_causes(endings, other.endings);
  add_causes(publish_failures, other.publish_failures);
  stalls += other.stalls;
  broken += other.broken;
  expected += other.expected;
  lost += other.lost;
  gaps += other.gaps;
}
