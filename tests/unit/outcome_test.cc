#include "outcome.h"

#include <catch2/catch.hpp>

namespace {

Plan some_plan() {
  Plan plan;
  plan.options.connections = 1;
  return plan;
}

RunResult good_result() {
  RunResult result;
  result.measured_s = 1;
  result.tally.total.opened = 1;
  result.tally.latency.record(1'000'000, 100);
  return result;
}

}  // namespace

TEST_CASE("judge_trial: what holds, and why something does not") {
  const Plan plan = some_plan();
  RunResult result = good_result();

  CHECK(judge_trial(plan, result, {}, 5, false).holds);
  const Trial slow = judge_trial(plan, result, {Threshold{"rtt:max<1us"}}, 5, false);
  CHECK_FALSE(slow.holds);
  CHECK(slow.reason == "rtt:max<1us is 1.00 ms");
  result.tally.lost = 3;
  CHECK(judge_trial(plan, result, {}, 5, false).reason ==
        "3 messages were lost, 0 could not be sent");
}

TEST_CASE("judge_trial: a trial that was interrupted does not hold") {
  RunResult result = good_result();
  result.is_interrupted = true;

  const Trial trial = judge_trial(some_plan(), result, {}, 5, false);

  CHECK_FALSE(trial.holds);
  CHECK(trial.reason == "it was interrupted");
}
