#pragma once

#include <algorithm>
#include <cstdint>

namespace wskit {

/// The largest of the values that came within one to two minutes. Times are nanoseconds of one
/// clock that never goes back.
class RecentMaximum {
 public:
  static constexpr std::uint64_t kPeriodNs = 60'000'000'000;

  void add(std::uint64_t now_ns, std::uint64_t value) {
    advance(now_ns);
    current_ = std::max(current_, value);
  }

  std::uint64_t value(std::uint64_t now_ns) {
    advance(now_ns);
    return std::max(current_, previous_);
  }

 private:
  void advance(std::uint64_t now_ns) {
    const std::uint64_t period = now_ns / kPeriodNs;
    if (period == period_) return;
    previous_ = period == period_ + 1 ? current_ : 0;
    current_ = 0;
    period_ = period;
  }

  std::uint64_t period_ = 0;
  std::uint64_t current_ = 0;
  std::uint64_t previous_ = 0;
};

}  // namespace wskit
