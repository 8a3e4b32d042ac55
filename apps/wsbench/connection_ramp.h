#pragma once

#include <cstddef>
#include <vector>

#include "clock.h"
#include "load_options.h"

/// How many connections a run wants to have open, as its stages say.
class ConnectionRamp {
 public:
  explicit ConnectionRamp(const LoadOptions& options);

  /// Whether the number changes at all.
  bool is_needed() const { return !stages_.empty(); }

  /// So long after traffic began; the number goes linearly from one target to the next.
  std::size_t wanted_at(Clock::duration time) const;

  /// The highest number.
  std::size_t most() const;

  /// Of all stages together, of whatever kind.
  static std::chrono::milliseconds length_of(const std::vector<Stage>& stages);

 private:
  std::size_t first_;
  std::vector<Stage> stages_;
};
