#pragma once

#include <cstdint>

inline constexpr double kNanosecondsPerMillisecond = 1e6;

inline double in_ms(double ns) {
  return ns / kNanosecondsPerMillisecond;
}

inline double in_ms(std::uint64_t ns) {
  return in_ms(static_cast<double>(ns));
}

/// 0 if there was no time.
inline double per_second(std::uint64_t count, double seconds) {
  return seconds > 0 ? static_cast<double>(count) / seconds : 0;
}
