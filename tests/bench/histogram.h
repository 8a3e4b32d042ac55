#pragma once

#include <algorithm>
#include <bit>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace bench {

/// Durations in buckets of at most 0.8 % width, from a nanosecond to centuries.
class Histogram {
 public:
  void record(std::chrono::nanoseconds duration) {
    const auto value = static_cast<std::uint64_t>(std::max<std::int64_t>(duration.count(), 0));
    const int shift = std::max(0, static_cast<int>(std::bit_width(value)) - kBits);
    ++buckets_[(static_cast<std::size_t>(shift) << (kBits - 1)) + (value >> shift)];
    ++count_;
    max_ = std::max(max_, value);
  }

  /// The least duration, in microseconds, that at least `percent` of all do not exceed; errs
  /// upwards by a bucket at most. 0 if nothing was recorded.
  [[nodiscard]] double percentile_us(double percent) const {
    const double share = percent / 100 * static_cast<double>(count_);
    const auto wanted = std::max<std::uint64_t>(1, static_cast<std::uint64_t>(std::ceil(share)));
    std::uint64_t passed = 0;
    for (std::size_t index = 0; index < buckets_.size(); ++index) {
      passed += buckets_[index];
      if (passed >= wanted) return static_cast<double>(std::min(last_of(index), max_)) / 1e3;
    }
    return max_us();
  }

  [[nodiscard]] double max_us() const { return static_cast<double>(max_) / 1e3; }

 private:
  static constexpr int kBits = 8;

  static std::uint64_t last_of(std::size_t index) {
    if (index < (1U << kBits)) return index;
    const std::size_t shift = (index >> (kBits - 1)) - 1;
    const std::uint64_t mantissa = index - (shift << (kBits - 1));
    return ((mantissa + 1) << shift) - 1;
  }

  std::vector<std::uint64_t> buckets_ = std::vector<std::uint64_t>((64 - kBits + 2) << (kBits - 1));
  std::uint64_t count_ = 0;
  std::uint64_t max_ = 0;
};

}  // namespace bench
