#include <chrono>
#include <deque>

#include "modes.h"
#include "session.h"
#include "tally.h"

namespace bench {

namespace {

class IdleSession final : public Session {
 public:
  IdleSession(Poller& poller, const Handshake& handshake, SessionCounts& counts, Tally& tally)
      : Session(poller, handshake, counts), tally_(tally) {}

 private:
  void on_message(std::string_view, Clock::time_point) override { ++tally_.other_count; }

  Tally& tally_;
};

void add_memory(Report& report, const ProcessUsage& before, const ProcessUsage& after, int ready) {
  const auto bytes = [](const ProcessUsage& usage) { return static_cast<double>(usage.rss_bytes); };
  report.add("rss_before_bytes", bytes(before));
  report.add("rss_after_bytes", bytes(after));
  report.add("rss_bytes_per_conn", (bytes(after) - bytes(before)) / ready);
}

}  // namespace

void run_connect(const Options& options, Report& report) {
  Poller poller;
  const Handshake handshake(options.host, options.port, options.subprotocol, options.headers);
  SessionCounts counts;
  Tally tally;
  std::deque<IdleSession> sessions;
  for (int i = 0; i < options.connections; ++i) {
    sessions.emplace_back(poller, handshake, counts, tally);
  }

  const ProcessUsage before = usage_of(options.pids);
  CostMeter opening(options.pids);
  opening.begin();
  open_sessions(options, poller, counts,
                [&](int i) -> Session& { return sessions[static_cast<std::size_t>(i)]; });
  opening.end();

  const std::chrono::duration<double> half = std::chrono::duration<double>(options.hold) / 2;
  const auto after = [](auto wait) { return Clock::now() + duration_cast<Clock::duration>(wait); };
  poller.poll_until(after(half));
  CostMeter idling(options.pids);
  idling.begin();
  poller.poll_until(after(half));
  idling.end();

  add_counts(report, counts);
  report.add("other", static_cast<double>(tally.other_count));
  report.add("operation", "handshake");
  add_costs(report, opening, counts.ready);
  add_percentiles(report, "handshake", counts.handshake_time);
  if (counts.ready == 0 || !idling.knows_server()) return;
  add_memory(report, before, usage_of(options.pids), counts.ready);
  report.add("idle_cpu_util", idling.server_cpu_seconds() / idling.seconds(), 4);
}

}  // namespace bench
