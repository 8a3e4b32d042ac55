#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <utility>

#include "clock.h"
#include "histogram.h"
#include "plan.h"
#include "stamp.h"
#include "tally.h"

/// What a thread measures, as it happens. Thread: its own.
class Recorder {
 public:
  /// In an open loop messages may be sent later than they are due.
  explicit Recorder(bool is_open_loop);

  void begin(const Window& window) { window_ = window; }
  void end(TimePoint now) { window_.until = std::min(window_.until, now); }
  const Window& window() const { return window_; }
  Tally& tally() { return tally_; }

  /// Bytes have come; the messages in them came together.
  void note_read() {
    read_at_ = Clock::now();  // before anything is made of them
    is_new_read_ = true;
  }
  void note_message(std::size_t payload_bytes) {
    ++tally_.total.received;
    tally_.total.received_bytes += payload_bytes;
    if (std::exchange(is_new_read_, false)) ++tally_.total.reads;
  }

  /// When the last bytes came.
  TimePoint arrival_time() const { return read_at_; }

  /// What came late by `latency`, having been sent `lag` after it was due.
  void record_latency(Clock::duration latency, Clock::duration lag, TimePoint now) {
    const bool is_in_window = is_measured(now - latency);
    (is_in_window ? interval_.latency : interval_.unmeasured_latency).record(latency);
    if (is_in_window && is_open_loop_) tally_.uncorrected.record(latency - lag);
  }

  /// Of a message with this stamp, which the last bytes have brought.
  void record_latency(const Stamp& stamp) {
    const TimePoint now = arrival_time();
    // Nothing comes before it is sent, but a server may make up a stamp.
    const auto latency = std::max(since(stamp.due, now.time_since_epoch()), Clock::duration{0});
    record_latency(latency, stamp.lag, now);
  }

  /// Between the first and the last subscriber that got a message.
  void record_skew(std::chrono::nanoseconds skew, TimePoint first);

  /// How late the generator was with something.
  void record_lag(std::chrono::nanoseconds lag, TimePoint due);

  /// It was due, and could not be sent in time.
  void record_miss(TimePoint due) { record_lag(Clock::now() - due, due); }

  /// Moves what has happened since this was called last into `tally`, which must be empty, and goes
  /// on in its memory: to copy would take a millisecond in which nothing is sent.
  void take_interval(IntervalTally& tally);

  /// Of the latencies, it has those since the last interval was taken.
  Tally take_tally();

 private:
  bool is_measured(TimePoint due) const { return due >= window_.from && due < window_.until; }

  const bool is_open_loop_;
  Window window_;
  Tally tally_;
  IntervalTally interval_;  ///< since the last one was taken; its counts are in the tally
  Counts counts_before_;    ///< when that was
  TimePoint read_at_;
  bool is_new_read_ = false;  ///< it has brought no message yet
};
