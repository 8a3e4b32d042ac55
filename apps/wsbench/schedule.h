#pragma once

#include <cstdint>
#include <vector>

#include "clock.h"

/// A time in which a rate changes linearly.
struct RateStage {
  Clock::duration length;
  double begin_rate;  ///< events a second
  double end_rate;
};

/// When each of a series of events is due, whatever becomes of those before (an open loop).
class Schedule {
 public:
  /// After its last stage the last rate goes on for ever.
  Schedule(TimePoint start, std::vector<RateStage> stages);

  /// At one rate.
  Schedule(TimePoint start, double rate) : Schedule{start, {{Clock::duration{0}, rate, rate}}} {}

  /// Events are numbered from 0. TimePoint::max() for one that never comes.
  TimePoint due(std::uint64_t number) const;

 private:
  struct Segment {
    RateStage stage;
    TimePoint begin;
    double events_before;
  };

  std::vector<Segment> segments_;
};
