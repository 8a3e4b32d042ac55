#include "idle_polling.h"

#include <catch2/catch.hpp>

using std::chrono::microseconds;

TEST_CASE("IdlePolling: turns count in which nothing moved") {
  IdlePolling polling;
  const TimePoint start{std::chrono::seconds{1}};
  polling.end_turn(start, 7);

  polling.end_turn(start + microseconds{1}, 7);
  polling.end_turn(start + microseconds{3}, 8);
  polling.end_turn(start + microseconds{6}, 8);

  CHECK(polling.time() == microseconds{1 + 3});
}

TEST_CASE("IdlePolling: what is new is taken once") {
  IdlePolling polling;
  const TimePoint start{std::chrono::seconds{1}};
  polling.end_turn(start, 0);

  polling.end_turn(start + microseconds{2}, 0);
  CHECK(polling.take_new() == microseconds{2});
  polling.end_turn(start + microseconds{5}, 0);

  CHECK(polling.take_new() == microseconds{3});
  CHECK(polling.time() == microseconds{5});
}

TEST_CASE("IdlePolling: a turn that took longer than a look did something else") {
  IdlePolling polling;
  const TimePoint start{std::chrono::seconds{1}};
  polling.end_turn(start, 0);

  polling.end_turn(start + std::chrono::milliseconds{4}, 0);

  CHECK(polling.time() == microseconds{0});
}
