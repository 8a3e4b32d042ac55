#include "quantities.h"

#include <catch2/catch.hpp>

TEST_CASE("quantities: numbers with a suffix") {
  CHECK(parse_quantity("250") == 250U);
  CHECK(parse_quantity("10k") == 10'000U);
  CHECK(parse_quantity("1.5m") == 1'500'000U);
  CHECK(parse_rate("0.5") == 0.5);
  CHECK(parse_rate("2k/s") == 2000.0);
  CHECK(parse_share("30%") == 0.3);
  CHECK(parse_share("0.25") == 0.25);
  CHECK(parse_size_range("1KiB") == std::pair<std::size_t, std::size_t>{1024, 1024});
  CHECK(parse_size_range("16-4K") == std::pair<std::size_t, std::size_t>{16, 4096});
}

TEST_CASE("quantities: what is malformed") {
  for (const char* text : {"", "k", "-1", "1.5", "1e3", "10 k", "nan", "inf", "9g9", "1k/s"}) {
    CHECK(parse_quantity(text) == std::nullopt);
  }
  for (const char* text : {"", "/s", "-0.5", "1x"}) CHECK(parse_rate(text) == std::nullopt);
  for (const char* text : {"101%", "-1%", "1.1", "x"}) CHECK(parse_share(text) == std::nullopt);
  for (const char* text : {"", "-", "5-", "-5", "9-3", "1-2-3"}) {
    CHECK(parse_size_range(text) == std::nullopt);
  }
}
