#include "hgrm.h"

#include <catch2/catch.hpp>

#include <cstdint>
#include <sstream>
#include <string>

namespace {

std::string hgrm_of(const Histogram& histogram, double units_per_value) {
  std::ostringstream out;
  write_hgrm(out, histogram, units_per_value);
  return out.str();
}

}  // namespace

// The expected texts are those of hdr-histogram-js 3.0.1.

TEST_CASE("write_hgrm: an empty histogram has a head and a foot") {
  CHECK(hgrm_of(Histogram{}, 1) ==
        R"(       Value     Percentile TotalCount 1/(1-Percentile)

#[Mean    =        0.000, StdDeviation   =        0.000]
#[Max     =        0.000, Total count    =            0]
#[Buckets =           37, SubBuckets     =         2048]
)");
}

TEST_CASE("write_hgrm: five lines lead to each half of the rest, one to the end") {
  Histogram histogram;
  for (std::uint64_t i = 0; i < 2; ++i) histogram.record(std::uint64_t{0});
  histogram.record(7);
  histogram.record(1500, 3);
  histogram.record(1'000'000);
  histogram.record(Histogram::kHighestTrackable);

  CHECK(hgrm_of(histogram, 1000) ==
        R"(       Value     Percentile TotalCount 1/(1-Percentile)

       0.000 0.000000000000          2           1.00
       0.000 0.100000000000          2           1.11
       0.000 0.200000000000          2           1.25
       0.007 0.300000000000          3           1.43
       1.500 0.400000000000          6           1.67
       1.500 0.500000000000          6           2.00
       1.500 0.550000000000          6           2.22
       1.500 0.600000000000          6           2.50
       1.500 0.650000000000          6           2.86
       1.500 0.700000000000          6           3.33
       1.500 0.750000000000          6           4.00
    1000.447 0.775000000000          7           4.44
    1000.447 0.800000000000          7           5.00
    1000.447 0.825000000000          7           5.71
    1000.447 0.850000000000          7           6.67
    1000.447 0.875000000000          7           8.00
140737488355.327 0.887500000000          8           8.89
140737488355.327 1.000000000000          8
#[Mean    = 17587891202.707, StdDeviation   = 46533185828.684]
#[Max     = 140737488355.327, Total count    =            8]
#[Buckets =           37, SubBuckets     =         2048]
)");
}

TEST_CASE("write_hgrm: halves round up as they are written, not as they are stored") {
  Histogram histogram;
  for (const unsigned value : {500U, 1500U, 2500U, 40'000U, 1'234'567U}) histogram.record(value);

  CHECK(hgrm_of(histogram, 1e6) ==
        R"(       Value     Percentile TotalCount 1/(1-Percentile)

       0.001 0.000000000000          1           1.00
       0.001 0.100000000000          1           1.11
       0.001 0.200000000000          1           1.25
       0.002 0.300000000000          2           1.43
       0.002 0.400000000000          2           1.67
       0.003 0.500000000000          3           2.00
       0.003 0.550000000000          3           2.22
       0.003 0.600000000000          3           2.50
       0.040 0.650000000000          4           2.86
       0.040 0.700000000000          4           3.33
       0.040 0.750000000000          4           4.00
       0.040 0.775000000000          4           4.44
       0.040 0.800000000000          4           5.00
       1.235 0.825000000000          5           5.71
       1.235 1.000000000000          5
#[Mean    =        0.256, StdDeviation   =        0.490]
#[Max     =        1.235, Total count    =            5]
#[Buckets =           37, SubBuckets     =         2048]
)");
}

TEST_CASE("write_hgrm: a carry runs through to a new digit") {
  Histogram histogram;
  histogram.record(999'999'900);

  CHECK_THAT(hgrm_of(histogram, 1e6), Catch::Contains("#[Max     =     1000.000, "));
}

TEST_CASE("write_hgrm: a great many values still come to an end") {
  Histogram histogram;
  histogram.record(1, (std::uint64_t{1} << 53U) - 1);
  histogram.record(2);

  CHECK_THAT(hgrm_of(histogram, 1),
             Catch::Contains("\n       2.000 1.000000000000 9007199254740992\n#["));
}
