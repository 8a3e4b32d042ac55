#pragma once

#include <chrono>
#include <functional>
#include <string>

#include "histogram.h"
#include "options.h"
#include "report.h"
#include "websocket_stream.h"

namespace bench {

/// How the sessions of a run fared.
struct SessionCounts {
  int pending = 0;
  int ready = 0;
  int refused = 0;
  int reset = 0;  ///< ended before the upgrade
  int bad_status = 0;
  int bad_accept = 0;
  int timed_out = 0;
  int dropped = 0;  ///< ended after the upgrade
  int protocol_errors = 0;
  Histogram handshake_time;
  Clock::duration opening_time{};  ///< of all sessions, until the last one was ready

  [[nodiscard]] int failed() const { return refused + reset + bad_status + bad_accept + timed_out; }
};

/// A session under test. Derived classes say what a message means.
class Session : public WebSocketStream {
 public:
  Session(Poller& poller, const Handshake& handshake, SessionCounts& counts)
      : WebSocketStream(poller, handshake), counts_(counts) {}

  void start(const sockaddr_in& address, std::string_view path, int source);
  [[nodiscard]] bool is_ready() const { return is_ready_ && is_open(); }
  void time_out();

 protected:
  void on_open(Clock::time_point now) override { become_ready(now); }
  void become_ready(Clock::time_point now);

 private:
  void on_closed(Failure failure, int error) override;

  SessionCounts& counts_;
  bool is_ready_ = false;
  Clock::time_point started_;
};

/// Opens `options.connections` sessions, `session_at` naming each, and waits until every one is
/// ready, has failed, or has run out of time.
void open_sessions(const Options& options, Poller& poller, SessionCounts& counts,
                   const std::function<Session&(int)>& session_at);

/// What every mode tells about its sessions and latencies.
void add_counts(Report& report, const SessionCounts& counts);
void add_percentiles(Report& report, const std::string& name, const Histogram& times);

}  // namespace bench
