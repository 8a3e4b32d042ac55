#pragma once

#include <chrono>
#include <cstdint>

namespace wskit {

/// Unix time in ms. Steps when somebody sets the clock: for what people and other nodes see only.
inline std::int64_t wall_clock_ms() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
}

}  // namespace wskit
