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

  IntervalTally tally;
  recorder.take_interval(tally);
  CHECK(tally.latency.max() == 20'000'000);
  CHECK(tally.unmeasured_latency.count() == 2);
  CHECK(recorder.take_tally().uncorrected.max() == 19'000'000);
}

TEST_CASE("Recorder: each interval has what has happened since the one before") {
  Recorder recorder = recorder_of_an_open_loop();
  IntervalTally tally;
  recorder.note_message(5);
  record(recorder, kFrom, milliseconds{10});
  recorder.record_lag(milliseconds{4}, kFrom);
  recorder.take_interval(tally);
  CHECK(tally.interval.counts.received_bytes == 5);
  CHECK(tally.latency.count() == 1);
  CHECK(tally.interval.longest_lag_ns == 4'000'000);

  tally.reset();
  recorder.note_message(7);
  record(recorder, kFrom, milliseconds{20});
  record(recorder, kFrom, milliseconds{30});
  recorder.take_interval(tally);
  CHECK(tally.interval.counts.received_bytes == 7);
  CHECK(tally.latency.count() == 2);
  CHECK(tally.latency.min() == 20'000'000);
  CHECK(tally.interval.longest_lag_ns == 0);

  record(recorder, kFrom, milliseconds{40});
  const Tally rest = recorder.take_tally();
  CHECK(rest.total.received == 2);
  CHECK(rest.latency.count() == 1);
  CHECK(rest.uncorrected.count() == 4);
}
