#include <vector>

#include <catch2/catch.hpp>

#include "process_usage.h"

TEST_CASE("own_rss_bytes: memory that is touched is counted") {
  const std::uint64_t before = own_rss_bytes();
  // Too much for memory that malloc has kept of earlier tests.
  const std::vector<char> touched(64U << 20U, 'x');

  CHECK(before > 0);
  CHECK(own_rss_bytes() >= before + (56U << 20U));
  CHECK(touched.back() == 'x');
}
