#include "common/units.h"

#include <catch2/catch.hpp>

using namespace std::chrono_literals;

TEST_CASE("parse_duration: a number and its unit, or 0") {
  CHECK(parse_duration("0") == 0ms);
  CHECK(parse_duration("0s") == 0ms);
  CHECK(parse_duration("500ms") == 500ms);
  CHECK(parse_duration("60s") == 60s);
  CHECK(parse_duration("5m") == 5min);
  CHECK(parse_duration("24h") == 24h);
  CHECK(parse_duration("8784h") == 8784h);
  for (const char* text : {"", "5", "s", "-1s", "+1s", "1.5s", "1 s", " 1s", "1s ", "1S", "1d",
                           "8785h", "18446744073709551616ms", "99999999999999999999h", "0x1s"}) {
    INFO(text);
    CHECK_FALSE(parse_duration(text));
  }
}

TEST_CASE("parse_size: bytes, or a number and a binary unit") {
  CHECK(parse_size("0") == 0U);
  CHECK(parse_size("512") == 512U);
  CHECK(parse_size("1B") == 1U);
  CHECK(parse_size("64KiB") == 65536U);
  CHECK(parse_size("64K") == 65536U);
  CHECK(parse_size("1MiB") == 1048576U);
  CHECK(parse_size("1M") == 1048576U);
  CHECK(parse_size("2GiB") == 2147483648U);
  CHECK(parse_size("2G") == 2147483648U);
  CHECK(parse_size("8589934591G") == 8589934591ULL << 30U);
  for (const char* text : {"", "K", "-1", "1.5K", "1 K", "1k", "1KB", "1kib", "1T", "8589934592G",
                           "9223372036854775808", "99999999999999999999"}) {
    INFO(text);
    CHECK_FALSE(parse_size(text));
  }
}

TEST_CASE("parse_count: whole decimal numbers only") {
  CHECK(parse_count("0") == 0U);
  CHECK(parse_count("007") == 7U);
  CHECK(parse_count("9223372036854775807") == 9223372036854775807U);
  for (const char* text : {"", "-1", "1.0", "1K", "0x10", "ten", " 1", "9223372036854775808"}) {
    INFO(text);
    CHECK_FALSE(parse_count(text));
  }
}
