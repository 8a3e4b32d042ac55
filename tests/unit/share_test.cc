#include "share.h"

#include <vector>

#include <catch2/catch.hpp>

namespace {

std::vector<std::uint64_t> events_of(const Turns& turns, std::size_t count) {
  std::vector<std::uint64_t> events;
  for (std::uint64_t event = turns.first(); events.size() < count; event = turns.after(event)) {
    events.push_back(event);
  }
  return events;
}

}  // namespace

TEST_CASE("Turns: each member has as many events, however many parts there are") {
  // Members 0 and 2 are of the first part, 1 is of the second.
  CHECK(events_of({3, 0, 2}, 4) == std::vector<std::uint64_t>{0, 2, 3, 5});
  CHECK(events_of({3, 1, 2}, 3) == std::vector<std::uint64_t>{1, 4, 7});
  CHECK(events_of({4, 1, 2}, 3) == std::vector<std::uint64_t>{1, 3, 5});
}

TEST_CASE("Turns: a limit is shared as the events are") {
  CHECK(Turns{3, 0, 2}.count_of(7) == 5);
  CHECK(Turns{3, 1, 2}.count_of(7) == 2);
  CHECK(Turns{3, 1, 2}.count_of(8) == 3);
  CHECK(Turns{3, 0, 2}.count_of(0) == std::numeric_limits<std::uint64_t>::max());
}

TEST_CASE("Turns: a part without members has none") {
  CHECK_FALSE(Turns{2, 2, 4}.has_members());
  CHECK(Turns{2, 2, 4}.count_of(100) == 0);
  CHECK(Turns{2, 2, 4}.count_of(0) == 0);
}
