#include "figures.h"

#include <catch2/catch.hpp>

TEST_CASE("figures: three digits and a unit") {
  CHECK(figure_of_time(0) == "0 ns");
  CHECK(figure_of_time(999) == "999 ns");
  CHECK(figure_of_time(1'000) == "1.00 µs");
  CHECK(figure_of_time(41'234) == "41.2 µs");
  CHECK(figure_of_time(999'400) == "999 µs");
  CHECK(figure_of_time(999'999) == "1.00 ms");
  CHECK(figure_of_time(1'234'567'890) == "1.23 s");
  CHECK(figure_of_time(123'000'000'000) == "123 s");
  CHECK(figure_of_count(7) == "7");
  CHECK(figure_of_count(0.5) == "0.50");
  CHECK(figure_of_count(12'345) == "12.3k");
  CHECK(figure_of_count(999'999) == "1.00M");
  CHECK(figure_of_bytes(512) == "512 B");
  CHECK(figure_of_bytes(1536) == "1.50 KiB");
  CHECK(figure_of_bytes(-2048) == "-2.00 KiB");
}

TEST_CASE("figures: shares, and any unit of a report") {
  CHECK(figure_of_share(0) == "0 %");
  CHECK(figure_of_share(0.1) == "10 %");
  CHECK(figure_of_share(0.12345) == "12.3 %");
  CHECK(figure_of_share(12.5) == "1250 %");
  CHECK(figure_of_share(0.0000123) == "0.00123 %");
  CHECK(figure_of(1.5, "ms") == "1.50 ms");
  CHECK(figure_of(1130, "us") == "1.13 ms");
  CHECK(figure_of(123'456, "1/s") == "123k/s");
  CHECK(figure_of(1536, "bytes") == "1.50 KiB");
  CHECK(figure_of(0.5, "cores") == "0.50 cores");
  CHECK(figure_of(7, "") == "7");
}

TEST_CASE("figures: text is cut at a character") {
  CHECK(first_columns("░░░", 2) == "░░");
  CHECK(first_columns("abc", 5) == "abc");
  CHECK(first_columns("abc", 0) == "");
}
