#pragma once

#include <chrono>

#include <wskit/export.h>

namespace wskit {

/// Delays that grow exponentially up to a cap, each drawn from zero to its bound ("full jitter"),
/// so that many clients of one server that restarts do not come back in step.
///
/// Thread: one at a time.
class WSKIT_API Backoff {
 public:
  Backoff(std::chrono::milliseconds first, std::chrono::milliseconds cap)
      : first_{first}, cap_{cap}, bound_{first} {}

  /// `random` is uniform in [0, 1).
  std::chrono::milliseconds next(double random);

  void reset() { bound_ = first_; }

 private:
  std::chrono::milliseconds first_;
  std::chrono::milliseconds cap_;
  std::chrono::milliseconds bound_;
};

}  // namespace wskit
