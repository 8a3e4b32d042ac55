#include <wskit/backoff.h>

#include <algorithm>
#include <cmath>

namespace wskit {

std::chrono::milliseconds Backoff::next(double random) {
  const std::chrono::milliseconds delay{std::llround(random * static_cast<double>(bound_.count()))};
  bound_ = std::min(bound_ * 2, cap_);
  return delay;
}

}  // namespace wskit
