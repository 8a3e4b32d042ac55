#include "session.h"

#include <cerrno>

namespace bench {

void Session::start(const sockaddr_in& address, std::string_view path, int source) {
  started_ = Clock::now();
  ++counts_.pending;
  if (!open(address, path, source)) on_closed(Failure::connection, errno);
}

void Session::time_out() {
  if (!is_open() || is_ready_) return;
  close();
  --counts_.pending;
  ++counts_.timed_out;
}

void Session::become_ready(Clock::time_point now) {
  is_ready_ = true;
  --counts_.pending;
  ++counts_.ready;
  counts_.handshake_time.record(now - started_);
}

void Session::on_closed(Failure failure, int error) {
  if (failure == Failure::protocol) ++counts_.protocol_errors;
  if (is_ready_) {
    ++counts_.dropped;
    return;
  }
  --counts_.pending;
  switch (failure) {
    case Failure::status:
      ++counts_.bad_status;
      break;
    case Failure::accept:
      ++counts_.bad_accept;
      break;
    case Failure::connection:
    case Failure::protocol:
      ++(error == ECONNREFUSED ? counts_.refused : counts_.reset);
      break;
  }
}

void open_sessions(const Options& options, Poller& poller, SessionCounts& counts,
                   const std::function<Session&(int)>& session_at) {
  using std::chrono::milliseconds;
  constexpr int kStartsPerTurn = 64;
  const sockaddr_in address = address_of(options.host, options.port);
  const auto begin = Clock::now();
  const auto deadline = begin + std::chrono::duration<double>(options.connect_timeout);
  const auto path_of = [&options](int index) {
    return substitute(options.path, "{i}", std::to_string(index));
  };

  int started = 0;
  while ((started < options.connections || counts.pending > 0) && Clock::now() < deadline) {
    const auto can_start = [&] {
      return started < options.connections && counts.pending < options.concurrent_handshakes;
    };
    for (int i = 0; i < kStartsPerTurn && can_start(); ++i, ++started) {
      const int source = options.sources > 1 ? started % options.sources : -1;
      session_at(started).start(address, path_of(started), source);
    }
    poller.poll(milliseconds(can_start() ? 0 : 1));
  }
  counts.opening_time = Clock::now() - begin;
  for (int i = 0; i < started; ++i) session_at(i).time_out();
  counts.timed_out += options.connections - started;
}

void add_counts(Report& report, const SessionCounts& counts) {
  report.add("ready", counts.ready);
  report.add("failed", counts.failed());
  report.add("refused", counts.refused);
  report.add("reset", counts.reset);
  report.add("bad_status", counts.bad_status);
  report.add("bad_accept", counts.bad_accept);
  report.add("timed_out", counts.timed_out);
  report.add("dropped", counts.dropped);
  report.add("protocol_errors", counts.protocol_errors);
}

void add_percentiles(Report& report, const std::string& name, const Histogram& times) {
  report.add(name + "_p50_us", times.percentile_us(50), 1);
  report.add(name + "_p99_us", times.percentile_us(99), 1);
  report.add(name + "_p99_9_us", times.percentile_us(99.9), 1);
  report.add(name + "_max_us", times.max_us(), 1);
}

}  // namespace bench
