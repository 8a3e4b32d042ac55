#include "search.h"

#include <catch2/catch.hpp>

namespace {

/// Searches for a limit, as a server that has one would answer.
Search searched(std::uint64_t first, std::uint64_t limit) {
  Search search{first};
  while (search.next_load() != 0) {
    search.note({.load = search.next_load(), .holds = search.next_load() <= limit});
  }
  return search;
}

}  // namespace

TEST_CASE("Search: finds the limit to 5 %, from below and from above") {
  for (const std::uint64_t limit : {1U, 7U, 100U, 12'345U, 1'000'000U}) {
    for (const std::uint64_t first : {1U, 1000U}) {
      const Search search = searched(first, limit);
      CHECK(search.best_load() <= limit);
      CHECK(static_cast<double>(search.best_load()) >= 0.94 * static_cast<double>(limit) - 1);
      CHECK(search.trials().size() < Search::kMaxTrials);
    }
  }
}

TEST_CASE("Search: ends where nothing holds, and where everything does") {
  CHECK(searched(1000, 0).best_load() == 0);
  CHECK(searched(1, ~std::uint64_t{0}).trials().size() == Search::kMaxTrials);
}

TEST_CASE("Search: what fails once is tried again") {
  Search search{4};
  search.note({.load = 4, .holds = true});
  search.note({.load = 8, .holds = false});
  REQUIRE(search.next_load() == 8);
  search.note({.load = 8, .holds = true});
  REQUIRE(search.next_load() == 16);
  search.note({.load = 16, .holds = false});
  search.note({.load = 16, .holds = false});
  CHECK(search.next_load() == 12);
  CHECK(search.best_load() == 8);
}
