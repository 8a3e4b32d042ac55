#include "sequence_tracker.h"

#include <algorithm>
#include <numeric>
#include <random>
#include <set>
#include <vector>

#include <catch2/catch.hpp>

using Arrival = SequenceTracker::Arrival;

TEST_CASE("SequenceTracker: in order nothing is missing") {
  SequenceTracker tracker;

  for (std::uint32_t i = 0; i < 1000; ++i) CHECK(tracker.note(i) == Arrival::in_order);

  CHECK(tracker.count() == 1000);
  CHECK(tracker.missing_count(1000) == 0);
  CHECK(tracker.gap_count(1000) == 0);
}

TEST_CASE("SequenceTracker: gaps, what comes late and what comes again") {
  SequenceTracker tracker;

  CHECK(tracker.note(0) == Arrival::in_order);
  CHECK(tracker.note(5) == Arrival::in_order);
  CHECK(tracker.missing_count(6) == 4);
  CHECK(tracker.is_missing(4));
  CHECK_FALSE(tracker.is_missing(5));
  CHECK(tracker.is_missing(6));
  CHECK(tracker.gap_count(6) == 1);
  CHECK(tracker.note(3) == Arrival::late);
  CHECK(tracker.gap_count(6) == 2);
  CHECK(tracker.note(3) == Arrival::again);
  CHECK(tracker.note(5) == Arrival::again);
  CHECK(tracker.note(0) == Arrival::again);
  CHECK(tracker.note(1) == Arrival::late);
  CHECK(tracker.note(2) == Arrival::late);
  CHECK(tracker.note(4) == Arrival::late);
  CHECK(tracker.missing_count(6) == 0);
  CHECK(tracker.count() == 6);
}

TEST_CASE("SequenceTracker: what was sent after the last that came is missing, too") {
  SequenceTracker tracker;

  CHECK(tracker.missing_count(3) == 3);
  CHECK(tracker.gap_count(3) == 1);
  tracker.note(0);
  CHECK(tracker.missing_count(3) == 2);
  CHECK(tracker.gap_count(3) == 1);
}

TEST_CASE("SequenceTracker: what is below the first number is not missing") {
  SequenceTracker tracker{10};

  CHECK(tracker.note(12) == Arrival::in_order);
  CHECK(tracker.note(10) == Arrival::late);

  CHECK(tracker.count() == 2);
  CHECK(tracker.missing_count(13) == 1);
  CHECK(tracker.missing_count(0) == 1);
}

TEST_CASE("SequenceTracker: agrees with a set, in any order") {
  std::mt19937 random{7};
  for (int round = 0; round < 50; ++round) {
    std::vector<std::uint32_t> numbers(200);
    std::iota(numbers.begin(), numbers.end(), 0);
    std::ranges::shuffle(numbers, random);
    numbers.resize(150);
    for (int i = 0; i < 30; ++i) numbers.push_back(numbers[random() % 150]);
    SequenceTracker tracker;
    std::set<std::uint32_t> seen;
    for (const std::uint32_t number : numbers) {
      const bool is_again = !seen.insert(number).second;
      const bool is_highest = *seen.rbegin() == number;
      const Arrival arrival = tracker.note(number);
      REQUIRE((arrival == Arrival::again) == is_again);
      if (!is_again) REQUIRE((arrival == Arrival::in_order) == is_highest);
    }
    REQUIRE(tracker.count() == seen.size());
    REQUIRE(tracker.missing_count(200) == 200 - seen.size());
    std::size_t gaps = 0;
    for (std::uint32_t i = 0; i < 200; ++i) {
      gaps += !seen.contains(i) && (i == 0 || seen.contains(i - 1)) ? 1 : 0;
    }
    REQUIRE(tracker.gap_count(200) == gaps);
  }
}
