#pragma once

#include <cstdint>
#include <limits>

/// What `part` of `parts` has of `total`; the first parts have one more where it does not divide.
inline std::uint64_t share_of(std::uint64_t total, std::uint64_t part, std::uint64_t parts) {
  return total / parts + (part < total % parts ? 1 : 0);
}

/// The same of a limit, of which 0 says that there is none: then it is the highest number.
inline std::uint64_t share_of_limit(std::uint64_t limit, std::uint64_t part, std::uint64_t parts) {
  return limit == 0 ? std::numeric_limits<std::uint64_t>::max() : share_of(limit, part, parts);
}
