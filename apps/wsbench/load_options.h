#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

enum class Scenario : std::uint8_t { echo, send, recv, fanout, idle, churn, storm };

/// A time in which the number of connections, or the rate, goes to a target linearly.
struct Stage {
  std::chrono::milliseconds length{0};
  double target = 0;
  bool is_rate = false;  ///< of messages a second; else connections
};

/// What the messages are.
struct PayloadOptions {
  std::size_t min_bytes = 64;
  std::size_t max_bytes = 64;
  std::vector<std::string> messages = {};  ///< in turn, instead of what has a size
  bool is_template = false;                ///< `{{seq}}` and others in them are replaced
  bool is_binary = false;
};

/// How subscribers of a fan-out get what is published.
enum class PublishBy : std::uint8_t { frame, http, redis };

struct FanoutOptions {
  PublishBy by = PublishBy::frame;
  std::size_t publishers = 1;
  std::string subscribe;      ///< sent by each subscriber first; empty: nothing
  std::string subscribe_ack;  ///< in the answer to it; empty: none is awaited
  std::string publish;        ///< template around `{{payload}}`; empty: the payload alone
  std::string url;            ///< where publishers connect, post to, or the Redis server
  std::vector<std::string> headers;
};

/// What one run does to a server.
struct LoadOptions {
  Scenario scenario = Scenario::echo;
  std::size_t connections = 10;
  std::size_t threads = 1;
  bool is_busy_polling = false;  ///< the threads never sleep
  std::chrono::milliseconds warmup{0};
  std::chrono::milliseconds duration{std::chrono::seconds{10}};
  std::uint64_t messages = 0;  ///< ends after so many, instead of after the duration; 0: no limit
  double rate = 0;             ///< messages a second of all connections; 0: a closed loop
  std::size_t in_flight = 1;   ///< closed loop: of each connection, or of each publisher
  double connect_rate = 0;     ///< a second; 0: as fast as connect_concurrency lets
  std::size_t connect_concurrency = 100;
  std::vector<Stage> stages;
  std::chrono::milliseconds drain{std::chrono::seconds{2}};  ///< for what is still to come
  std::chrono::milliseconds interval{std::chrono::seconds{1}};
  std::chrono::milliseconds ping_interval{0};  ///< idle; 0: none
  std::chrono::milliseconds ping_timeout{0};   ///< without a Pong a connection is dead; 0: never
  std::chrono::milliseconds lifetime{0};       ///< churn: of a connection
  double drop_share = 0.3;                     ///< storm: of the connections
  std::chrono::milliseconds drop_at{0};        ///< storm: after the start of measuring
  std::string first_message;                   ///< sent by each connection first; empty: none
  PayloadOptions payload;
  bool is_verified = false;  ///< echo: each reply must be what was sent
  FanoutOptions fanout;
};
