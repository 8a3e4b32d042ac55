#include <chrono>
#include <deque>
#include <string>

#include "modes.h"
#include "send_template.h"
#include "session.h"
#include "tally.h"

namespace bench {

namespace {

/// What all sessions of an echo run share.
struct EchoTraffic {
  SendTemplate frame;
  bool is_sending = true;
  std::uint64_t sent_count = 0;
  std::string burst;
  Tally tally;
};

class EchoSession final : public Session {
 public:
  EchoSession(Poller& poller, const Handshake& handshake, SessionCounts& counts,
              EchoTraffic& traffic)
      : Session(poller, handshake, counts), traffic_(traffic) {}

  /// Sends `count` messages in one go.
  void send_messages(int count) {
    const auto now = static_cast<std::uint64_t>(Clock::now().time_since_epoch().count());
    traffic_.sent_count += static_cast<std::uint64_t>(count);
    if (count == 1) return send(traffic_.frame.stamped({now, next_sequence_++}));
    traffic_.burst.clear();
    for (int i = 0; i < count; ++i) {
      traffic_.burst.append(traffic_.frame.stamped({now, next_sequence_++}));
    }
    send(traffic_.burst);
  }

 private:
  void on_message(std::string_view message, Clock::time_point now) override {
    if (traffic_.tally.note(window_, message, now)) ++returned_;
  }

  void after_batch() override {
    if (returned_ != 0 && traffic_.is_sending) send_messages(returned_);
    returned_ = 0;
  }

  EchoTraffic& traffic_;
  std::uint32_t next_sequence_ = 0;
  int returned_ = 0;
  SequenceWindow window_;
};

Clock::time_point after(double seconds) {
  return Clock::now() + duration_cast<Clock::duration>(std::chrono::duration<double>(seconds));
}

void turn_until(Poller& poller, Clock::time_point end, bool is_busy) {
  using std::chrono::milliseconds;
  while (Clock::now() < end) poller.poll(milliseconds(is_busy ? 0 : 10));
}

void add_results(Report& report, const Tally& tally, const CostMeter& meter, double lost) {
  report.add("operation", "round trip");
  add_costs(report, meter, static_cast<double>(tally.measured_count));
  add_percentiles(report, "latency", tally.latency);
  report.add("lost", lost);
  report.add("duplicated", static_cast<double>(tally.duplicated_count));
  report.add("reordered", static_cast<double>(tally.reordered_count));
  report.add("other", static_cast<double>(tally.other_count));
}

/// Waits for what is under way; returns how many messages never came back.
std::uint64_t drain(const Options& options, Poller& poller, EchoTraffic& traffic) {
  const auto lost = [&traffic] { return traffic.sent_count - traffic.tally.unique_count; };
  const auto deadline = after(options.drain);
  while (lost() > 0 && Clock::now() < deadline) poller.poll(std::chrono::milliseconds(1));
  return lost();
}

}  // namespace

void run_echo(const Options& options, Report& report) {
  Poller poller;
  const Handshake handshake(options.host, options.port, options.subprotocol, options.headers);
  SessionCounts counts;
  EchoTraffic traffic;
  const Opcode opcode = options.is_binary ? Opcode::binary : Opcode::text;
  traffic.frame = SendTemplate::frame(opcode, "", static_cast<std::size_t>(options.size), "");
  std::deque<EchoSession> sessions;
  for (int i = 0; i < options.connections; ++i) {
    sessions.emplace_back(poller, handshake, counts, traffic);
  }
  open_sessions(options, poller, counts,
                [&](int i) -> Session& { return sessions[static_cast<std::size_t>(i)]; });
  poller.poll_until(after(options.settle));

  for (EchoSession& session : sessions) {
    if (session.is_ready()) session.send_messages(options.in_flight);
  }
  turn_until(poller, after(options.warmup), options.is_busy);
  CostMeter meter(options.pids);
  meter.begin();
  traffic.tally.is_measuring = true;
  turn_until(poller, after(options.duration), options.is_busy);
  traffic.tally.is_measuring = false;
  meter.end();

  traffic.is_sending = false;
  const std::uint64_t lost = drain(options, poller, traffic);
  add_counts(report, counts);
  add_results(report, traffic.tally, meter, static_cast<double>(lost));
}

}  // namespace bench
