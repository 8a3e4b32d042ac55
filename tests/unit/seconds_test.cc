#include "common/seconds.h"

#include <catch2/catch.hpp>

using std::chrono::milliseconds;

TEST_CASE("parse_seconds: plain numbers are seconds, units are taken") {
  CHECK(parse_seconds("2") == milliseconds{2000});
  CHECK(parse_seconds("1.5") == milliseconds{1500});
  CHECK(parse_seconds("500ms") == milliseconds{500});
  CHECK(parse_seconds("2s") == milliseconds{2000});
  CHECK(parse_seconds("3m") == milliseconds{180'000});
  CHECK(parse_seconds("1h") == milliseconds{3'600'000});
  CHECK(parse_seconds("0") == milliseconds{0});
}

TEST_CASE("parse_seconds: what is no duration gives nothing") {
  const char* const text =
      GENERATE("", "s", "-1", "2x", "2 s", " 2", "1e3", "nan", "inf", "0x10", "99999999h", "2ss");
  INFO(text);

  CHECK_FALSE(parse_seconds(text));
}
