#pragma once

#include <chrono>
#include <cstdint>
#include <memory>

#include <wskit/message.h>

#include "clock.h"
#include "load_client.h"

class Worker;
struct OpeningResult;

/// What the connections of a thread do, in one scenario. Calls come on the thread's loop.
class Traffic {
 public:
  virtual ~Traffic() = default;

  virtual void on_open(LoadClient& /*client*/) {}
  virtual void on_message(LoadClient& client, const wskit::MessageView& message) = 0;
  virtual void on_pong(LoadClient& /*client*/, std::chrono::microseconds /*round_trip*/) {}
  virtual void on_drain(LoadClient& /*client*/) {}

  /// Open or not, it is over.
  virtual void on_gone(LoadClient& /*client*/) {}

  /// Whether nothing but the connections is waited for before it can begin.
  virtual bool is_ready() const { return true; }

  /// What is waited for has had its time.
  virtual void give_up_waiting() {}

  /// Changes who takes part, if these are not all connections that have opened.
  virtual void count_parties(OpeningResult& /*result*/) const {}

  /// Before begin(), when every thread's connections have opened.
  virtual void prepare() {}

  /// At `start`, or soon after: from then on messages are due.
  virtual void begin(TimePoint start) = 0;

  /// From now on nothing is sent.
  virtual void end() = 0;

  /// Whether everything has been sent that there was to send.
  virtual bool is_finished() const { return false; }

  /// What was sent and may still be answered.
  virtual std::uint64_t outstanding_count() const { return 0; }

  /// After the end: what was lost goes into the worker's tally.
  virtual void settle() {}
};

/// The traffic that the worker's plan says.
std::unique_ptr<Traffic> make_traffic(Worker& worker);
