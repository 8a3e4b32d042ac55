#pragma once

#include <cstdint>
#include <limits>

/// What `thread` of `threads` has to do of `total`; 0 stands for no limit, and gives the highest
/// number.
inline std::uint64_t share_of(std::uint64_t total, std::uint64_t thread, std::uint64_t threads) {
  if (total == 0) return std::numeric_limits<std::uint64_t>::max();
  return total / threads + (thread < total % threads ? 1 : 0);
}
