#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "delivery_board.h"
#include "sequence_tracker.h"
#include "tally.h"

/// What each of a thread's subscribers should have of each publisher, and what has come.
///
/// Thread: its loop's. Ownership: the board outlives it.
class Subscriptions {
 public:
  Subscriptions(std::size_t connections, std::size_t publishers, const DeliveryBoard& board)
      : board_{board},
        publishers_{publishers},
        states_(connections),
        before_(connections),
        trackers_(connections * publishers) {}

  /// From now on the connection should get all that is published.
  void open(std::size_t connection);

  /// We have closed it: what came after the last message that it has was not to come.
  void close(std::size_t connection);

  /// The server has ended it: what is published still is lost, unless it is opened again.
  void abandon(std::size_t connection);
  bool is_open(std::size_t connection) const { return states_[connection] == State::open; }

  /// Those that are open.
  std::size_t count() const { return open_count_; }

  /// What came is not counted if the connection was not to get it: empty.
  std::optional<SequenceTracker::Arrival> note(std::size_t connection, std::size_t publisher,
                                               std::uint32_t sequence) {
    SequenceTracker& own = tracker(connection, publisher);
    const bool is_expected = is_open(connection) && sequence >= own.first() &&
                             sequence < board_.published_count(publisher);
    if (!is_expected) return std::nullopt;
    const SequenceTracker::Arrival arrival = own.note(sequence);
    if (arrival != SequenceTracker::Arrival::again) ++arrived_count_;
    return arrival;
  }

  /// Whether the open connection is to get this message still.
  bool awaits(std::size_t connection, std::size_t publisher, std::uint32_t sequence) {
    const SequenceTracker& own = tracker(connection, publisher);
    return sequence >= own.first() && own.is_missing(sequence);
  }

  /// What may still come.
  std::uint64_t outstanding_count() const;

  /// After the end: adds what was expected and is lost.
  void settle(Tally& tally);

 private:
  enum class State : std::uint8_t { none, open, abandoned };

  /// What the board said when it was opened.
  struct Before {
    std::uint64_t expected = 0;
    std::uint64_t refused = 0;
  };

  SequenceTracker& tracker(std::size_t connection, std::size_t publisher) {
    return trackers_[connection * publishers_ + publisher];
  }
  void leave(std::size_t connection, State state);
  void charge(std::size_t connection);

  const DeliveryBoard& board_;
  std::size_t publishers_;
  std::vector<State> states_;
  std::vector<Before> before_;
  std::vector<SequenceTracker> trackers_;  ///< by connection and publisher
  std::size_t open_count_ = 0;
  std::uint64_t before_sum_ = 0;     ///< expected before, of those that are open
  std::uint64_t arrived_count_ = 0;  ///< at those that are open, without duplicates
  std::uint64_t expected_count_ = 0;
  std::uint64_t lost_count_ = 0;
  std::uint64_t gap_count_ = 0;
};
