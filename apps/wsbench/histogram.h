#pragma once

#include <algorithm>
#include <bit>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

/// How often each value was recorded, to three significant digits, in HdrHistogram's layout.
///
/// Values below 2048 have a bucket each; above, a bucket is at most 1/1024 of its values wide.
/// The counts take memory only up to the highest value recorded, 304 KiB at most.
/// Thread: any, but one at a time. count() must stay below 2^63.
class Histogram {
 public:
  static constexpr int kSignificantDigits = 3;
  static constexpr std::uint64_t kLowestDiscernible = 1;
  /// Higher values count as this one; in nanoseconds it is 39 hours.
  static constexpr std::uint64_t kHighestTrackable = (std::uint64_t{1} << 47U) - 1;
  /// HdrHistogram's "buckets" are the powers of two, of which each is cut into sub-buckets.
  static constexpr std::size_t kSubBucketCount = 2048;
  static constexpr std::size_t kBucketCount = 37;
  static constexpr std::size_t kCountsLength = (kBucketCount + 1) * kSubBucketCount / 2;

  /// The values from `lowest` to `highest`, which are equivalent, and how many there were of them.
  struct Bucket {
    std::size_t index;
    std::uint64_t lowest;
    std::uint64_t highest;
    std::uint64_t count;
  };

  /// Forward through the buckets that are not empty; recording invalidates it.
  class Iterator {
   public:
    Iterator(const Histogram& histogram, std::size_t index) : histogram_{histogram}, index_{index} {
      skip_empty();
    }

    Bucket operator*() const { return bucket_at(index_, histogram_.counts_[index_]); }
    Iterator& operator++() {
      ++index_;
      skip_empty();
      return *this;
    }
    bool operator==(const Iterator& other) const { return index_ == other.index_; }

   private:
    void skip_empty() {
      while (index_ < histogram_.counts_.size() && histogram_.counts_[index_] == 0) ++index_;
    }

    const Histogram& histogram_;
    std::size_t index_;
  };

  void record(std::uint64_t value, std::uint64_t count = 1) {
    const std::uint64_t tracked = std::min(value, kHighestTrackable);
    record_range(index_of(tracked), tracked, tracked, count);
  }

  /// A negative duration counts as 0.
  void record(std::chrono::nanoseconds duration, std::uint64_t count = 1) {
    record(static_cast<std::uint64_t>(std::max<std::int64_t>(duration.count(), 0)), count);
  }

  /// Values of which only the bucket is known: min() and max() take its bounds.
  /// `index` must be below kCountsLength.
  void record_bucket(std::size_t index, std::uint64_t count) {
    const Bucket bucket = bucket_at(index, count);
    record_range(index, bucket.lowest, bucket.highest, count);
  }

  /// As if all of the other's values had been recorded here.
  void add(const Histogram& other);

  /// Forgets the values and keeps the memory.
  void reset();

  /// Takes all memory that it may ever need, so that recording does not wait for any.
  void reserve();

  std::uint64_t count() const { return count_; }

  /// As recorded, not a bucket's bounds; 0 if there are none.
  std::uint64_t min() const { return count_ == 0 ? 0 : min_; }
  std::uint64_t max() const { return max_; }

  /// Both of the buckets' middles, as HdrHistogram has them; 0 if there are no values.
  double mean() const;
  double stddev() const;

  /// The value that `percent` of all values do not exceed: the highest one of its bucket, but
  /// never above max(). 0 gives min(), 100 and more give max(); 0 if there are no values.
  std::uint64_t value_at(double percent) const;

  Iterator begin() const { return {*this, 0}; }
  Iterator end() const { return {*this, counts_.size()}; }

  /// `value` must not exceed kHighestTrackable.
  static constexpr std::size_t index_of(std::uint64_t value) {
    const auto shift = static_cast<unsigned>(std::bit_width(value | (kSubBucketCount - 1))) - 11U;
    return shift * (kSubBucketCount / 2) + static_cast<std::size_t>(value >> shift);
  }

 private:
  static constexpr Bucket bucket_at(std::size_t index, std::uint64_t count) {
    constexpr std::size_t kHalf = kSubBucketCount / 2;
    const std::size_t shift = index < kSubBucketCount ? 0 : index / kHalf - 1;
    const std::uint64_t lowest = std::uint64_t{index - shift * kHalf} << shift;
    return {index, lowest, lowest + (std::uint64_t{1} << shift) - 1, count};
  }

  void record_range(std::size_t index, std::uint64_t lowest, std::uint64_t highest,
                    std::uint64_t count) {
    if (count == 0) return;
    if (index >= counts_.size()) grow_to_hold(index);
    counts_[index] += count;
    count_ += count;
    min_ = std::min(min_, lowest);
    max_ = std::max(max_, highest);
  }

  void grow_to_hold(std::size_t index);

  std::vector<std::uint64_t> counts_;
  std::uint64_t count_ = 0;
  std::uint64_t min_ = std::numeric_limits<std::uint64_t>::max();
  std::uint64_t max_ = 0;
};

static_assert(Histogram::index_of(Histogram::kHighestTrackable) + 1 == Histogram::kCountsLength);
