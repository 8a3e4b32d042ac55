#include "histogram.h"

#include <catch2/catch.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <tuple>
#include <vector>

namespace {

constexpr std::uint64_t kHighest = Histogram::kHighestTrackable;

using Buckets = std::vector<std::tuple<std::uint64_t, std::uint64_t, std::uint64_t>>;

Buckets buckets_of(const Histogram& histogram) {
  Buckets buckets;
  for (const Histogram::Bucket bucket : histogram) {
    buckets.emplace_back(bucket.lowest, bucket.highest, bucket.count);
  }
  return buckets;
}

/// 0, then from 1 to the highest in steps of about three percent.
std::vector<std::uint64_t> values_of_all_sizes() {
  std::vector<std::uint64_t> values{0};
  for (std::uint64_t value = 1; value < kHighest; value += value / 30 + 1) values.push_back(value);
  values.push_back(kHighest);
  return values;
}

}  // namespace

TEST_CASE("Histogram: percentiles are HdrHistogram's, up to the exact maximum") {
  Histogram histogram;
  for (std::uint64_t i = 1; i <= 100'000; ++i) histogram.record(i * 100);

  CHECK(histogram.count() == 100'000);
  CHECK(histogram.min() == 100);
  CHECK(histogram.max() == 10'000'000);
  CHECK(histogram.value_at(0.001) == 100);
  CHECK(histogram.value_at(50) == 5'001'215);
  CHECK(histogram.value_at(90) == 9'003'007);
  CHECK(histogram.value_at(99) == 9'904'127);
  CHECK(histogram.value_at(99.9) == 9'994'239);
  CHECK(histogram.value_at(99.99) == 10'000'000);
  CHECK(histogram.value_at(100) == 10'000'000);
}

TEST_CASE("Histogram: a percentile takes in no value too many") {
  Histogram histogram;
  for (std::uint64_t value = 1; value <= 1000; ++value) histogram.record(value);

  for (std::uint64_t tenths = 1; tenths <= 1000; ++tenths) {
    CHECK(histogram.value_at(static_cast<double>(tenths) / 10) == tenths);
  }
  CHECK(histogram.value_at(50.01) == 501);
  CHECK(histogram.value_at(99.999) == 1000);
}

TEST_CASE("Histogram: what is no percentage counts as the nearest one") {
  Histogram histogram;
  histogram.record(5);
  histogram.record(3'000'001);

  CHECK(histogram.value_at(0) == 5);
  CHECK(histogram.value_at(-1) == 5);
  CHECK(histogram.value_at(std::numeric_limits<double>::quiet_NaN()) == 5);
  CHECK(histogram.value_at(1e300) == 3'000'001);
}

TEST_CASE("Histogram: an empty one says 0 to everything") {
  const Histogram histogram;

  CHECK(histogram.count() == 0);
  CHECK(histogram.min() == 0);
  CHECK(histogram.max() == 0);
  CHECK(histogram.mean() == 0);
  CHECK(histogram.stddev() == 0);
  CHECK(histogram.value_at(99) == 0);
  CHECK(buckets_of(histogram).empty());
}

TEST_CASE("Histogram: a value is told to a thousandth, and exactly below 2048") {
  for (const std::uint64_t value : values_of_all_sizes()) {
    Histogram histogram;
    histogram.record(value, 9);
    histogram.record(kHighest);

    const std::uint64_t told = histogram.value_at(50);
    REQUIRE(told >= value);
    REQUIRE(told - value <= value / 1000);
    if (value < 2048) REQUIRE(told == value);
  }
}

TEST_CASE("Histogram: buckets join without gaps") {
  Histogram histogram;
  for (std::size_t i = 0; i < Histogram::kCountsLength; ++i) histogram.record_bucket(i, i + 1);

  std::uint64_t next = 0;
  for (const Histogram::Bucket bucket : histogram) {
    REQUIRE(bucket.lowest == next);
    REQUIRE(bucket.count == bucket.index + 1);
    REQUIRE(Histogram::index_of(bucket.lowest) == bucket.index);
    REQUIRE(Histogram::index_of(bucket.highest) == bucket.index);
    next = bucket.highest + 1;
  }
  CHECK(next == kHighest + 1);
}

TEST_CASE("Histogram: equivalent values share a bucket, and minimum and maximum stay exact") {
  Histogram histogram;
  histogram.record(2047);
  histogram.record(2049, 2);
  histogram.record(2050);
  histogram.record(8193, 0);

  CHECK(buckets_of(histogram) == Buckets{{2047, 2047, 1}, {2048, 2049, 2}, {2050, 2051, 1}});
  CHECK(histogram.count() == 4);
  CHECK(histogram.max() == 2050);
  CHECK(histogram.value_at(100) == 2050);
}

TEST_CASE("Histogram: higher values than it tracks count as the highest") {
  Histogram histogram;
  histogram.record(kHighest + 1);
  histogram.record(std::numeric_limits<std::uint64_t>::max());

  CHECK(histogram.count() == 2);
  CHECK(histogram.min() == kHighest);
  CHECK(histogram.max() == kHighest);
  CHECK(histogram.value_at(50) == kHighest);
}

TEST_CASE("Histogram: a duration is its nanoseconds, a negative one 0") {
  Histogram histogram;
  histogram.record(std::chrono::microseconds{3}, 2);
  histogram.record(std::chrono::nanoseconds{-1});
  histogram.record(std::chrono::nanoseconds::min());

  CHECK(buckets_of(histogram) == Buckets{{0, 0, 2}, {3000, 3001, 2}});
}

TEST_CASE("Histogram: mean and deviation are those of the buckets' middles") {
  Histogram exact;
  for (const unsigned value : {2U, 4U, 4U, 4U, 5U, 5U, 7U, 9U}) exact.record(value);
  CHECK(exact.mean() == 5);
  CHECK(exact.stddev() == 2);

  Histogram coarse;  // 4096 to 4099, of which 4098 is the middle
  coarse.record(4096, 3);
  CHECK(coarse.mean() == 4098);
  CHECK(coarse.stddev() == 0);
}

TEST_CASE("Histogram: adding is recording all in one") {
  Histogram odd;
  Histogram even;
  Histogram all;
  for (const std::uint64_t value : values_of_all_sizes()) {
    (value % 2 == 1 ? odd : even).record(value);
    all.record(value);
  }

  Histogram merged;
  merged.add(Histogram{});
  merged.add(even);
  merged.add(odd);

  CHECK(buckets_of(merged) == buckets_of(all));
  CHECK(merged.count() == all.count());
  CHECK(merged.min() == all.min());
  CHECK(merged.max() == all.max());
}

TEST_CASE("Histogram: adding goes both from the shorter and from the longer one") {
  Histogram low;
  low.record(7);
  Histogram high;
  high.record(1'000'000);

  Histogram low_first = low;
  low_first.add(high);
  high.add(low);

  CHECK(buckets_of(low_first) == Buckets{{7, 7, 1}, {999'936, 1'000'447, 1}});
  CHECK(buckets_of(high) == buckets_of(low_first));
  CHECK(high.min() == 7);
  CHECK(low_first.max() == 1'000'000);
}

TEST_CASE("Histogram: after a reset it starts anew") {
  Histogram histogram;
  histogram.record(12);
  histogram.record(5'000'000);
  histogram.reset();
  CHECK(histogram.count() == 0);
  CHECK(histogram.min() == 0);
  CHECK(histogram.max() == 0);
  CHECK(buckets_of(histogram).empty());

  histogram.record(700);
  CHECK(histogram.min() == 700);
  CHECK(histogram.max() == 700);
  CHECK(buckets_of(histogram) == Buckets{{700, 700, 1}});
}
