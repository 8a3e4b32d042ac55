#include <wskit/backoff.h>

#include <catch2/catch.hpp>

using wskit::Backoff;
using namespace std::chrono_literals;

TEST_CASE("Backoff: the bound doubles up to the cap") {
  Backoff backoff{500ms, 3s};
  for (const auto bound : {500ms, 1000ms, 2000ms, 3000ms, 3000ms, 3000ms}) {
    CHECK(backoff.next(0.5) == bound / 2);
  }
}

TEST_CASE("Backoff: delays lie between zero and the bound") {
  const double random = GENERATE(0.0, 0.25, 0.999999999);
  Backoff backoff{100ms, 10s};
  for (auto bound = 100ms; bound < 10s; bound *= 2) {
    const auto delay = backoff.next(random);
    CHECK(delay >= 0ms);
    CHECK(delay <= bound);
    CHECK((random > 0.0 || delay == 0ms));
    CHECK((random < 0.9 || delay > bound / 2));
  }
}

TEST_CASE("Backoff: begins anew after a reset, and stays bounded for ever") {
  Backoff backoff{500ms, 30s};
  for (int i = 0; i < 10000; ++i) CHECK(backoff.next(0.5) <= 15s);
  CHECK(backoff.next(0.5) == 15s);

  backoff.reset();

  CHECK(backoff.next(0.5) == 250ms);
}
