#include "verdict.h"

#include <cmath>

#include <fmt/format.h>

#include "connection_ramp.h"
#include "scenario_name.h"

namespace {

/// A thread that computes or waits for a CPU for so much of the time cannot do more.
constexpr double kBusyShare = 0.95;

/// Lag that is shorter than this disturbs nobody.
constexpr std::uint64_t kHarmlessLagNs = 1'000'000;

/// What lag may be of the latencies that it is part of.
constexpr double kLagShare = 0.1;

/// Clocks that are steered by NTP differ by up to 0.05 %.
constexpr double kMaxDrift = 0.001;

double ms(std::uint64_t ns) {
  return static_cast<double>(ns) / 1e6;
}

void check_threads(const RunResult& result, Distrust& found) {
  for (std::size_t i = 0; i < result.threads.size(); ++i) {
    const ThreadCost& thread = result.threads[i];
    if (thread.cpu + thread.waiting < kBusyShare) continue;
    found.problems.push_back(fmt::format(
        "thread {} of the generator was busy for {:.0f} % of the time (and waited for a CPU for "
        "{:.0f} %): use more threads or less load",
        i, thread.cpu * 100, thread.waiting * 100));
  }
}

void check_lag(const Plan& plan, const RunResult& result, Distrust& found) {
  const Histogram& latency = result.tally.latency;
  const std::uint64_t lag = result.tally.lag.value_at(99);
  if (latency.count() == 0 || lag <= kHarmlessLagNs) return;
  const std::uint64_t slow = latency.value_at(99);
  if (static_cast<double>(lag) < kLagShare * static_cast<double>(slow)) return;
  // Without a schedule latencies are no more than a by-product of how much went through.
  (plan.options.rate > 0 ? found.problems : found.warnings)
      .push_back(fmt::format(
          "the generator was late by {:.3g} ms (p99), which is much of the {} of {:.3g} ms",
          ms(lag), latency_name(plan.options.scenario), ms(slow)));
}

void check_rate(const Plan& plan, const RunResult& result, Distrust& found) {
  const LoadOptions& options = plan.options;
  const bool is_plain = options.rate > 0 && options.messages == 0 && options.stages.empty();
  if (!is_plain || result.is_interrupted || result.measured_s <= 0) return;
  const auto& measured = result.tally.measured;
  const double sent = static_cast<double>(measured.sent + measured.unsent);
  const double wanted = options.rate * result.measured_s;
  // One message more or less may be due at each end, and one for each thread.
  if (sent >= wanted * 0.99 - 2 - static_cast<double>(options.threads)) return;
  found.problems.push_back(
      fmt::format("only {:.0f} of {:.0f} messages were sent when due", sent, std::round(wanted)));
}

void check_clocks(const RunResult& result, Distrust& found) {
  if (std::abs(result.clock.drift) > kMaxDrift) {
    found.problems.push_back(
        fmt::format("the clocks of this machine differ by {:.2f} %", result.clock.drift * 100));
  }
  if (result.clock.read_cost > std::chrono::microseconds{1}) {
    found.warnings.push_back(
        fmt::format("reading the clock takes {} ns on this machine, which costs the generator CPU",
                    result.clock.read_cost.count()));
  }
}

/// What makes the latencies of a sound run mean less than they seem to.
void check_losses(const Plan& plan, const RunResult& result, Distrust& found) {
  const Tally& tally = result.tally;
  if (tally.stalls > 0) {
    found.warnings.push_back(
        plan.options.scenario == Scenario::fanout
            ? fmt::format("{} times no message was complete for a second, so that those under way "
                          "were given up: a subscriber does not get all of them",
                          tally.stalls)
            : fmt::format("{} times a connection got no answer for 3 s, so that what it had under "
                          "way was given up",
                          tally.stalls));
  }
  if (tally.total.ended > 0) {
    found.warnings.push_back(
        fmt::format("{} connections ended by no doing of the generator", tally.total.ended));
  }
  if (tally.total.unsent > 0) {
    found.warnings.push_back(
        fmt::format("{} messages were due, but nothing could take them", tally.total.unsent));
  }
  if (tally.lost == 0 || tally.latency.count() == 0) return;
  found.warnings.push_back(
      fmt::format("{} of {} messages did not come: latencies are those of the others", tally.lost,
                  tally.expected));
  const bool is_by_order =
      plan.options.scenario == Scenario::echo && !plan.options.payload.messages.empty();
  if (!is_by_order) return;
  found.warnings.emplace_back(
      "answers to a --message are taken in their order: once one is lost, latencies are those of "
      "other messages");
}

/// Whether a run that ends after so many messages had all of them.
bool is_complete(const LoadOptions& options, const Tally& tally) {
  const std::uint64_t done =
      options.scenario == Scenario::recv ? tally.total.received : tally.total.sent;
  return options.messages > 0 && done >= options.messages && tally.lost == 0;
}

/// Whether the server has left no connection, though some should have been there.
bool is_deserted(const LoadOptions& options, const RunResult& result) {
  const Tally& tally = result.tally;
  const bool is_meant = options.scenario == Scenario::churn ||
                        ConnectionRamp{options}.wanted_at(options.duration) == 0;
  const bool has_lost = tally.total.ended > 0 || tally.broken > tally.recovery.count();
  if (is_meant || !has_lost || is_complete(options, tally)) return false;
  return !result.intervals.empty() && result.intervals.back().interval.open_count == 0;
}

}  // namespace

std::string find_absence(const Plan& plan, const RunResult& result) {
  const Counts& total = result.tally.total;
  if (total.opened == 0) return "no connection could be opened";
  if (result.signal != 0) return {};
  if (!result.missing_party.empty()) return result.missing_party;
  if (total.failed_publishes > 0 && total.failed_publishes >= total.sent) {
    return "the server has taken nothing that was published";
  }
  return is_deserted(plan.options, result) ? "no connection was left at the end" : "";
}

Distrust distrust(const Plan& plan, const RunResult& result) {
  Distrust found;
  check_threads(result, found);
  check_lag(plan, result, found);
  check_rate(plan, result, found);
  check_clocks(result, found);
  const bool is_closed = plan.options.scenario == Scenario::echo && plan.options.rate == 0;
  if (is_closed && result.tally.latency.count() > 0) {
    found.warnings.emplace_back(
        "closed loop: while the server stalls nothing is sent, so that latencies look better than "
        "users would find them; --rate measures from when messages were due");
  }
  const Counts& total = result.tally.total;
  if (plan.options.scenario == Scenario::echo && total.answered == 0 && total.other >= total.sent &&
      total.sent > 0) {
    found.warnings.emplace_back(
        "the server answers, but not with what was sent; answers to a --message of your own are "
        "taken "
        "in their order, whatever they say");
  }
  check_losses(plan, result, found);
  const bool is_parallel =
      plan.options.scenario == Scenario::fanout && plan.options.fanout.by == PublishBy::http;
  if (is_parallel && result.tally.total.reordered > 0) {
    found.warnings.emplace_back(
        "requests of one publisher went over several connections at a time, so the server may have "
        "got them in another order");
  }
  return found;
}
