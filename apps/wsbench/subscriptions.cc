#include "subscriptions.h"

#include <algorithm>

void Subscriptions::open(std::size_t connection) {
  charge(connection);
  Before& before = before_[connection];
  before = {board_.expected_count(), 0};
  for (std::size_t i = 0; i < publishers_; ++i) {
    before.refused += board_.refused_count(i);
    tracker(connection, i) = SequenceTracker{board_.published_count(i)};
  }
  states_[connection] = State::open;
  before_sum_ += before.expected;
  ++open_count_;
}

/// Out of those whose messages may still come.
void Subscriptions::leave(std::size_t connection, State state) {
  if (is_open(connection)) {
    for (std::size_t i = 0; i < publishers_; ++i) arrived_count_ -= tracker(connection, i).count();
    before_sum_ -= before_[connection].expected;
    --open_count_;
  }
  states_[connection] = state;
}

void Subscriptions::close(std::size_t connection) {
  std::uint64_t refused = 0;
  std::uint64_t missing = 0;
  for (std::size_t i = 0; i < publishers_; ++i) {
    const SequenceTracker& own = tracker(connection, i);
    refused += board_.refused_count(i);
    missing += own.missing_count(0);
    expected_count_ += own.count();
    gap_count_ += own.gap_count(0);
  }
  missing -= std::min(missing, refused - before_[connection].refused);
  expected_count_ += missing;
  lost_count_ += missing;
  leave(connection, State::none);
}

void Subscriptions::abandon(std::size_t connection) {
  leave(connection, State::abandoned);
}

/// For all that has been published since it was opened, if it was.
void Subscriptions::charge(std::size_t connection) {
  if (states_[connection] == State::none) return;
  std::uint64_t refused = 0;
  std::uint64_t published = 0;
  std::uint64_t missing = 0;
  for (std::size_t i = 0; i < publishers_; ++i) {
    const SequenceTracker& own = tracker(connection, i);
    // In this order: what is refused was published before.
    refused += board_.refused_count(i);
    const std::uint64_t sent = board_.published_count(i);
    published += sent - own.first();
    missing += own.missing_count(sent);
    gap_count_ += own.gap_count(sent);
  }
  refused = std::min(refused - before_[connection].refused, published);
  // What the server has refused was not to come.
  lost_count_ += missing - std::min(missing, refused);
  expected_count_ += published - refused;
  leave(connection, State::none);
}

std::uint64_t Subscriptions::outstanding_count() const {
  const std::uint64_t expected = board_.expected_count() * open_count_ - before_sum_;
  return expected > arrived_count_ ? expected - arrived_count_ : 0;
}

void Subscriptions::settle(Tally& tally) {
  for (std::size_t i = 0; i < states_.size(); ++i) charge(i);
  tally.expected = expected_count_;
  tally.lost = lost_count_;
  tally.gaps = gap_count_;
}
