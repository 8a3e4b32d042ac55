#include "connection_ramp.h"

#include <algorithm>
#include <cmath>

ConnectionRamp::ConnectionRamp(const LoadOptions& options) : first_{options.connections} {
  for (const Stage& stage : options.stages) {
    if (!stage.is_rate) stages_.push_back(stage);
  }
}

std::size_t ConnectionRamp::wanted_at(Clock::duration time) const {
  double from = static_cast<double>(first_);
  for (const Stage& stage : stages_) {
    if (time < stage.length) {
      const double share = in_seconds(time) / in_seconds(stage.length);
      return static_cast<std::size_t>(std::lround(from + share * (stage.target - from)));
    }
    time -= stage.length;
    from = stage.target;
  }
  return static_cast<std::size_t>(std::lround(from));
}

std::size_t ConnectionRamp::most() const {
  std::size_t most = first_;
  for (const Stage& stage : stages_) {
    most = std::max(most, static_cast<std::size_t>(std::lround(stage.target)));
  }
  return most;
}

std::chrono::milliseconds ConnectionRamp::length_of(const std::vector<Stage>& stages) {
  std::chrono::milliseconds of_rates{0};
  std::chrono::milliseconds of_connections{0};
  for (const Stage& stage : stages) (stage.is_rate ? of_rates : of_connections) += stage.length;
  return std::max(of_rates, of_connections);
}
