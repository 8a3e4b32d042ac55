#pragma once

#include <chrono>

/// Whether this machine's clocks agree over a run.
class ClockCheck {
 public:
  ClockCheck();

  struct Result {
    double drift = 0;                       ///< of the steady clock against the raw one, a share
    std::chrono::nanoseconds wall_step{0};  ///< by which the wall clock was set meanwhile
    std::chrono::nanoseconds read_cost{0};  ///< of one look at the steady clock
  };

  /// Since it was built.
  Result check() const;

 private:
  struct Reading {
    std::chrono::nanoseconds steady;
    std::chrono::nanoseconds raw;
    std::chrono::nanoseconds wall;
  };

  static Reading read();

  Reading start_;
};
