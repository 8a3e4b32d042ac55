#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>

#include <wskit/client_trace.h>

/// What is known of the connection, for the status line and those who ask.
class ConnectionStatus {
 public:
  using Clock = std::chrono::steady_clock;

  void begin_connecting();
  void begin_open(const std::string& subprotocol);
  void begin_wait(std::chrono::milliseconds delay, const std::string& reason);

  void add_frame(const wskit::FrameTrace& frame);
  void add_round_trip(std::chrono::microseconds time);
  void add_waiting(std::size_t message_count) { waiting_count_ = message_count; }

  /// One line: state, last round trip, idle time, missed pongs, counts.
  std::string line(Clock::time_point now) const;

  /// Last, least, mean and greatest of all Pings.
  std::string round_trips() const;

  /// Whether somebody has asked to be told of the next Pong; forgotten by asking.
  bool take_pong_wish() { return std::exchange(wants_pong_, false); }
  void wish_pong() { wants_pong_ = true; }

 private:
  enum class State : std::uint8_t { connecting, open, waiting };

  std::string state_text(Clock::time_point now) const;

  State state_ = State::connecting;
  std::string subprotocol_;
  std::string reason_;
  Clock::time_point retry_at_;
  Clock::time_point last_received_;
  std::size_t missed_pong_count_ = 0;
  std::size_t received_count_ = 0;  ///< messages
  std::size_t sent_count_ = 0;
  std::size_t waiting_count_ = 0;
  std::size_t round_trip_count_ = 0;
  std::chrono::microseconds last_round_trip_{0};
  std::chrono::microseconds least_round_trip_{0};
  std::chrono::microseconds greatest_round_trip_{0};
  std::chrono::microseconds sum_of_round_trips_{0};
  bool wants_pong_ = false;
};

/// "1.234 ms"
std::string milliseconds_text(std::chrono::microseconds time);
