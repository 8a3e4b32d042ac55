#include "core/interest.h"

#include <catch2/catch.hpp>

using wskit::Interest;

TEST_CASE("Interest: the first that wants a channel matters, and the last that gives it up") {
  Interest interest;

  CHECK(interest.apply({"news", true}));
  CHECK_FALSE(interest.apply({"news", true}));
  CHECK(interest.apply({"sport", true}));
  CHECK_FALSE(interest.apply({"news", false}));
  CHECK(interest.apply({"news", false}));
  CHECK(interest.apply({"news", true}));
  CHECK(interest.apply({"sport", false}));
}
