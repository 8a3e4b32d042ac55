#include "subscriptions.h"

#include <catch2/catch.hpp>

namespace {

using Arrival = SequenceTracker::Arrival;

void publish(DeliveryBoard& board, int count, std::size_t publisher = 0) {
  for (int i = 0; i < count; ++i) board.note_published(publisher);
}

}  // namespace

TEST_CASE("Subscriptions: what has not come at the end is lost") {
  DeliveryBoard board{1, 1};
  Subscriptions subscriptions{2, 1, board};
  subscriptions.open(0);
  subscriptions.open(1);
  publish(board, 3);
  for (const std::uint32_t sequence : {0, 1, 2}) subscriptions.note(0, 0, sequence);
  CHECK(subscriptions.note(1, 0, 2) == Arrival::in_order);
  CHECK(subscriptions.outstanding_count() == 2);

  Tally tally;
  subscriptions.settle(tally);

  CHECK(tally.expected == 6);
  CHECK(tally.lost == 2);
  CHECK(tally.gaps == 1);
}

TEST_CASE("Subscriptions: who comes later is owed what is published later") {
  DeliveryBoard board{1, 1};
  Subscriptions subscriptions{1, 1, board};
  publish(board, 5);
  subscriptions.open(0);
  publish(board, 2);

  CHECK_FALSE(subscriptions.note(0, 0, 4));
  CHECK(subscriptions.note(0, 0, 6) == Arrival::in_order);
  CHECK(subscriptions.note(0, 0, 5) == Arrival::late);
  CHECK(subscriptions.note(0, 0, 5) == Arrival::again);
  CHECK(subscriptions.outstanding_count() == 0);

  Tally tally;
  subscriptions.settle(tally);
  CHECK(tally.expected == 2);
  CHECK(tally.lost == 0);
}

TEST_CASE("Subscriptions: of one that we close only what is missing in between is lost") {
  DeliveryBoard board{1, 1};
  Subscriptions subscriptions{1, 1, board};
  subscriptions.open(0);
  publish(board, 10);
  subscriptions.note(0, 0, 0);
  subscriptions.note(0, 0, 2);
  subscriptions.close(0);

  CHECK(subscriptions.outstanding_count() == 0);
  CHECK_FALSE(subscriptions.note(0, 0, 3));
  Tally tally;
  subscriptions.settle(tally);
  CHECK(tally.expected == 3);
  CHECK(tally.lost == 1);
}

TEST_CASE("Subscriptions: what the server has refused is not lost") {
  DeliveryBoard board{2, 1};
  Subscriptions subscriptions{1, 2, board};
  subscriptions.open(0);
  publish(board, 2, 0);
  publish(board, 3, 1);
  board.note_refused(1);
  for (const std::uint32_t sequence : {0, 1}) subscriptions.note(0, 0, sequence);
  subscriptions.note(0, 1, 0);

  CHECK(subscriptions.outstanding_count() == 1);
  Tally tally;
  subscriptions.settle(tally);
  CHECK(tally.expected == 4);
  CHECK(tally.lost == 1);
}

TEST_CASE("Subscriptions: a number that was never published is nobody's message") {
  DeliveryBoard board{1, 1};
  Subscriptions subscriptions{1, 1, board};
  subscriptions.open(0);
  publish(board, 1);

  CHECK_FALSE(subscriptions.note(0, 0, 1));
}

TEST_CASE("Subscriptions: of one that the server has ended all that follows is lost") {
  DeliveryBoard board{1, 1};
  Subscriptions subscriptions{2, 1, board};
  subscriptions.open(0);
  subscriptions.open(1);
  publish(board, 1);
  subscriptions.note(0, 0, 0);
  subscriptions.note(1, 0, 0);
  subscriptions.abandon(0);
  publish(board, 2);

  CHECK(subscriptions.count() == 1);
  CHECK_FALSE(subscriptions.note(0, 0, 1));
  // Nothing is waited for that cannot come.
  CHECK(subscriptions.outstanding_count() == 2);

  subscriptions.open(0);
  publish(board, 1);
  for (const std::uint32_t sequence : {1, 2, 3}) subscriptions.note(1, 0, sequence);
  subscriptions.note(0, 0, 3);
  CHECK(subscriptions.outstanding_count() == 0);
  Tally tally;
  subscriptions.settle(tally);
  CHECK(tally.expected == 4 + 4);
  CHECK(tally.lost == 2);
}
