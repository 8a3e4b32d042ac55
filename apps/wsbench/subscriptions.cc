#include "subscriptions.h"

#include <algorithm>

void Subscriptions::open(std::size_t connection) {
  if (is_open_[connection]) charge(connection);
  for (std::size_t i = 0; i < publishers_; ++i) {
    tracker(connection, i) = SequenceTracker{board_.published_count(i)};
  }
  expected_before_[connection] = board_.expected_count();
  before_sum_ += expected_before_[connection];
  is_open_[connection] = true;
  ++open_count_;
}

void Subscriptions::close(std::size_t connection) {
  for (std::size_t i = 0; i < publishers_; ++i) {
    const SequenceTracker& own = tracker(connection, i);
    const std::uint64_t missing = own.missing_count(0);
    expected_count_ += own.count() + missing;
    lost_count_ += missing;
    gap_count_ += own.gap_count(0);
    arrived_count_ -= own.count();
  }
  before_sum_ -= expected_before_[connection];
  is_open_[connection] = false;
  --open_count_;
}

/// For all that has been published since it was opened.
void Subscriptions::charge(std::size_t connection) {
  std::uint64_t published = 0;
  std::uint64_t missing = 0;
  for (std::size_t i = 0; i < publishers_; ++i) {
    const SequenceTracker& own = tracker(connection, i);
    const std::uint64_t sent = board_.published_count(i);
    published += sent - own.first();
    missing += own.missing_count(sent);
    gap_count_ += own.gap_count(sent);
    arrived_count_ -= own.count();
  }
  const std::uint64_t expected = board_.expected_count() - expected_before_[connection];
  // What the server has refused was not to come.
  lost_count_ += missing - std::min(missing, published - expected);
  expected_count_ += expected;
  before_sum_ -= expected_before_[connection];
  is_open_[connection] = false;
  --open_count_;
}

std::optional<SequenceTracker::Arrival> Subscriptions::note(std::size_t connection,
                                                            std::size_t publisher,
                                                            std::uint32_t sequence) {
  SequenceTracker& own = tracker(connection, publisher);
  const bool is_expected = is_open_[connection] && sequence >= own.first() &&
                           sequence < board_.published_count(publisher);
  if (!is_expected) return std::nullopt;
  const SequenceTracker::Arrival arrival = own.note(sequence);
  if (arrival != SequenceTracker::Arrival::again) ++arrived_count_;
  return arrival;
}

std::uint64_t Subscriptions::outstanding_count() const {
  const std::uint64_t expected = board_.expected_count() * open_count_ - before_sum_;
  return expected > arrived_count_ ? expected - arrived_count_ : 0;
}

void Subscriptions::settle(Tally& tally) {
  for (std::size_t i = 0; i < is_open_.size(); ++i) {
    if (is_open_[i]) charge(i);
  }
  tally.expected = expected_count_;
  tally.lost = lost_count_;
  tally.gaps = gap_count_;
}
