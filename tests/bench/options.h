#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

namespace bench {

/// A command line, or an address in it, that makes no sense.
struct UsageError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Everything the command line of `load` sets; kUsage explains each. Times are in seconds.
struct Options {
  std::string mode;

  std::string host = "127.0.0.1";
  int port = 0;
  std::string path = "/";
  std::string subprotocol;
  std::vector<std::string> headers;

  int connections = 100;
  int concurrent_handshakes = 128;
  int sources = 0;
  double connect_timeout = 15;
  double hold = 3;

  int in_flight = 1;
  int size = 64;
  bool is_binary = false;
  double warmup = 1;
  double duration = 5;
  double settle = 0.3;
  double drain = 2;

  int window = 32;
  double rate = 0;
  int messages = 0;
  std::string publisher = "ws";
  std::string publisher_address;
  std::string publisher_path;
  std::vector<std::string> publisher_headers;
  std::string publisher_template = "{payload}";
  int publisher_pipeline = 1;
  std::string redis_channel = "bench";
  std::string subscribe_message;
  std::string subscribe_answer;

  std::vector<int> pids;
  int cpu = -1;
  int server_cpu = 0;
  bool is_busy = false;
  bool wants_help = false;
};

extern const char* const kUsage;

/// Throws UsageError.
[[nodiscard]] Options parse_options(int argc, char** argv);

/// `text` with `mark` replaced by `value` wherever it occurs.
[[nodiscard]] std::string substitute(std::string text, const std::string& mark,
                                     const std::string& value);

}  // namespace bench
