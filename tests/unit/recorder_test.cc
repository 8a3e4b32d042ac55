#include "recorder.h"

#include <catch2/catch.hpp>

#include <chrono>

using std::chrono::milliseconds;

namespace {

constexpr TimePoint kFrom{std::chrono::hours{1}};
constexpr TimePoint kUntil = kFrom + milliseconds{100};

Recorder recorder_of_an_open_loop() {
  Recorder recorder{true};
  recorder.begin({.start = kFrom - milliseconds{100}, .from = kFrom, .until = kUntil});
  return recorder;
}

/// What was due at `due` came so much later.
void record(Recorder& recorder, TimePoint due, milliseconds latency) {
  recorder.record_latency(latency, milliseconds{1}, due + latency);
}

}  // namespace

TEST_CASE("Recorder: what is due outside the window is of no account in the end") {
  Recorder recorder = recorder_of_an_open_loop();
  record(recorder, kFrom - milliseconds{1}, milliseconds{10});
  record(recorder, kFrom, milliseconds{20});
  record(recorder, kUntil, milliseconds{30});

  Interval interval;
  recorder.take_interval(interval);
  CHECK(interval.latency.max() == 20'000'000);
  CHECK(interval.all_latency().count() == 3);
  CHECK(recorder.take_tally().uncorrected.max() == 19'000'000);
}

TEST_CASE("Recorder: each interval has what has happened since the one before") {
  Recorder recorder = recorder_of_an_open_loop();
  Interval interval;
  recorder.note_message(5);
  record(recorder, kFrom, milliseconds{10});
  recorder.record_lag(milliseconds{4}, kFrom);
  recorder.take_interval(interval);
  CHECK(interval.counts.received_bytes == 5);
  CHECK(interval.latency.count() == 1);
  CHECK(interval.longest_lag_ns == 4'000'000);

  interval.reset();
  recorder.note_message(7);
  record(recorder, kFrom, milliseconds{20});
  record(recorder, kFrom, milliseconds{30});
  recorder.take_interval(interval);
  CHECK(interval.counts.received_bytes == 7);
  CHECK(interval.latency.count() == 2);
  CHECK(interval.latency.min() == 20'000'000);
  CHECK(interval.longest_lag_ns == 0);

  record(recorder, kFrom, milliseconds{40});
  const Tally tally = recorder.take_tally();
  CHECK(tally.total.received == 2);
  CHECK(tally.latency.count() == 1);
  CHECK(tally.uncorrected.count() == 4);
}
