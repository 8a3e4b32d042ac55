#include "connection_status.h"

#include <catch2/catch.hpp>

using namespace std::chrono_literals;
using Clock = ConnectionStatus::Clock;

TEST_CASE("ConnectionStatus: counts down to the next attempt") {
  ConnectionStatus status;
  CHECK(status.line(Clock::now()) == "connecting | in 0 out 0");

  const auto now = Clock::now();
  status.begin_wait(5s, "connection\nrefused");
  status.add_waiting(2);

  CHECK(status.line(now + 1500ms) ==
        "next attempt in 4 s (Enter: now) | 2 waiting | in 0 out 0 | connection refused");
  CHECK(status.line(now + 1h).starts_with("next attempt in 0 s"));
}

TEST_CASE("ConnectionStatus: idle time, messages and missing pongs") {
  ConnectionStatus status;
  status.begin_open("chat");
  status.add_frame({.is_outgoing = true, .opcode = 1});
  status.add_frame({.opcode = 2});
  status.add_frame({.opcode = 0});
  status.add_frame({.is_outgoing = true, .opcode = 9});
  CHECK(status.line(Clock::now() + 3s) == "open, chat | idle 3 s | in 1 out 1");

  status.add_frame({.is_outgoing = true, .opcode = 9});
  status.add_frame({.is_outgoing = true, .opcode = 9});
  CHECK(status.line(Clock::now()) == "open, chat | idle 0 s | 2 pongs missed | in 1 out 1");

  status.add_frame({.opcode = 10});
  CHECK(status.line(Clock::now()) == "open, chat | idle 0 s | in 1 out 1");
}

TEST_CASE("ConnectionStatus: round trips are summed up") {
  ConnectionStatus status;
  CHECK(status.round_trips() == "no Pong has come yet");

  status.add_round_trip(2000us);
  status.add_round_trip(1000us);

  CHECK(status.round_trips() == "2 Pings: last 1 ms, least 1 ms, mean 1.5 ms, greatest 2 ms");
}
