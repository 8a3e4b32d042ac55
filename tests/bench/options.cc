#include "options.h"

#include <charconv>
#include <cstdlib>
#include <string_view>
#include <variant>

namespace bench {

const char* const kUsage =
    "usage: load connect|echo|fanout --port P [options]\n"
    "Measures a WebSocket server and prints one JSON object. Times are in seconds.\n"
    "\n"
    "  connect  opens sessions and holds them idle\n"
    "  echo     sends messages on every session and awaits each one's return\n"
    "  fanout   publishes to subscribers and accounts for every delivery\n"
    "\n"
    "Target\n"
    "  --host H, --port P     numeric IPv4 address (127.0.0.1) and port\n"
    "  --path, --sub-path P   upgrade path; {i} is the session's number\n"
    "  --subprotocol S        offered in the upgrade\n"
    "  --header 'A: b'        added to the upgrade, repeatable\n"
    "Sessions\n"
    "  --conns N              how many (100)\n"
    "  --concurrent N         handshakes under way at once (128)\n"
    "  --sources N            loopback source addresses (one for each 20000 sessions)\n"
    "  --connect-timeout S    for all handshakes together (15)\n"
    "  --hold S               connect: how long they stay idle (3)\n"
    "Load\n"
    "  --inflight K           echo: messages under way on each session (1)\n"
    "  --size N, --binary     bytes of a payload (64, at least 28), kind of message\n"
    "  --warmup S, --duration S   before measuring (1), measuring (5)\n"
    "  --settle S, --drain S  quiet time before (0.3), longest wait for the rest after (2)\n"
    "  --window W             fanout: messages that not all subscribers have yet (32)\n"
    "  --rate R               fanout: messages a second, whatever comes back, instead of a window\n"
    "  --messages N           fanout: publish exactly N without warm-up, instead of a duration\n"
    "Publisher\n"
    "  --pub ws|http|redis    text frame (default), POST, or PUBLISH\n"
    "  --pub-addr H:P         where http or redis listens (the target)\n"
    "  --pub-path P           upgrade or request path (that of the sessions)\n"
    "  --pub-header 'A: b'    added to the POST, repeatable\n"
    "  --pub-template T       what is published; {payload} stands for the payload\n"
    "  --pub-pipeline N       requests awaiting an answer at once (1)\n"
    "  --redis-channel C      (bench)\n"
    "  --sub-msg T            sent by each subscriber once it is open; {i} as above\n"
    "  --sub-ack T            a subscriber is ready once a message has this in it\n"
    "Measuring\n"
    "  --pids P[,P]           the server's processes; their descendants are included\n"
    "  --cpu N                pins this process\n"
    "  --server-cpu N         where the server is pinned (0), for cross_core_ns; -1: unknown\n"
    "  --busy                 never sleeps, so that the server need not wake this process\n";

namespace {

using Field =
    std::variant<std::string Options::*, std::vector<std::string> Options::*,
                 std::vector<int> Options::*, int Options::*, double Options::*, bool Options::*>;

struct Flag {
  std::string_view name;
  Field field;
};

constexpr Flag kFlags[] = {
    {"--host", &Options::host},
    {"--port", &Options::port},
    {"--path", &Options::path},
    {"--sub-path", &Options::path},
    {"--subprotocol", &Options::subprotocol},
    {"--header", &Options::headers},
    {"--conns", &Options::connections},
    {"--concurrent", &Options::concurrent_handshakes},
    {"--sources", &Options::sources},
    {"--connect-timeout", &Options::connect_timeout},
    {"--hold", &Options::hold},
    {"--inflight", &Options::in_flight},
    {"--size", &Options::size},
    {"--binary", &Options::is_binary},
    {"--warmup", &Options::warmup},
    {"--duration", &Options::duration},
    {"--settle", &Options::settle},
    {"--drain", &Options::drain},
    {"--window", &Options::window},
    {"--rate", &Options::rate},
    {"--messages", &Options::messages},
    {"--pub", &Options::publisher},
    {"--pub-addr", &Options::publisher_address},
    {"--pub-path", &Options::publisher_path},
    {"--pub-header", &Options::publisher_headers},
    {"--pub-template", &Options::publisher_template},
    {"--pub-pipeline", &Options::publisher_pipeline},
    {"--redis-channel", &Options::redis_channel},
    {"--sub-msg", &Options::subscribe_message},
    {"--sub-ack", &Options::subscribe_answer},
    {"--pids", &Options::pids},
    {"--cpu", &Options::cpu},
    {"--server-cpu", &Options::server_cpu},
    {"--busy", &Options::is_busy},
    {"--help", &Options::wants_help},
};

template <typename Number>
Number number_from(std::string_view text, std::string_view name) {
  Number number{};
  const char* const end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, number);
  if (parsed.ec != std::errc() || parsed.ptr != end) {
    throw UsageError(std::string(name) + " needs a number, not '" + std::string(text) + "'");
  }
  return number;
}

/// Puts the text of one option where it belongs.
struct Setter {
  Options& options;
  std::string_view name;
  std::string_view text;

  void operator()(bool Options::*field) const { options.*field = true; }
  void operator()(std::string Options::*field) const { options.*field = text; }
  void operator()(int Options::*field) const { options.*field = number_from<int>(text, name); }
  void operator()(double Options::*field) const {
    options.*field = number_from<double>(text, name);
  }
  void operator()(std::vector<std::string> Options::*field) const {
    (options.*field).emplace_back(text);
  }
  void operator()(std::vector<int> Options::*field) const {
    for (std::size_t start = 0; start <= text.size();) {
      const std::size_t comma = std::min(text.find(',', start), text.size());
      (options.*field).push_back(number_from<int>(text.substr(start, comma - start), name));
      start = comma + 1;
    }
  }
};

const Flag& flag_named(std::string_view name) {
  for (const Flag& flag : kFlags) {
    if (flag.name == name) return flag;
  }
  throw UsageError("unknown option " + std::string(name));
}

void require(bool is_so, const char* message) {
  if (!is_so) throw UsageError(message);
}

void check(const Options& options) {
  const auto is_one_of = [](const std::string& text, std::string_view a, std::string_view b,
                            std::string_view c) { return text == a || text == b || text == c; };
  require(is_one_of(options.mode, "connect", "echo", "fanout"), "connect, echo or fanout?");
  require(is_one_of(options.publisher, "ws", "http", "redis"), "--pub is ws, http or redis");
  require(options.port > 0 && options.port < 65536, "--port is needed");
  require(options.connections > 0, "--conns starts at 1");
  require(options.in_flight > 0 && options.publisher_pipeline > 0 && options.size > 0 &&
              options.concurrent_handshakes > 0,
          "--inflight, --pub-pipeline, --size and --concurrent start at 1");
  require(options.window > 0 && options.window <= 4096, "--window is from 1 to 4096");
  require(options.rate >= 0 && options.messages >= 0, "--rate and --messages cannot be negative");
  require(options.publisher_template.find("{payload}") != std::string::npos,
          "--pub-template needs {payload}");
}

}  // namespace

Options parse_options(int argc, char** argv) {
  Options options;
  for (int i = 1; i < argc; ++i) {
    const std::string_view word = argv[i];
    if (!word.starts_with("--")) {
      require(options.mode.empty(), "only one mode");
      options.mode = word;
      continue;
    }
    const Flag& flag = flag_named(word);
    std::string_view text;
    if (!std::holds_alternative<bool Options::*>(flag.field)) {
      if (++i == argc) throw UsageError(std::string(word) + " needs a value");
      text = argv[i];
    }
    std::visit(Setter{options, word, text}, flag.field);
  }
  if (options.wants_help) return options;
  check(options);
  if (options.publisher_path.empty()) options.publisher_path = options.path;
  if (options.sources == 0) options.sources = 1 + options.connections / 20000;
  return options;
}

std::string substitute(std::string text, const std::string& mark, const std::string& value) {
  for (std::size_t at = text.find(mark); at != text.npos; at = text.find(mark, at + value.size())) {
    text.replace(at, mark.size(), value);
  }
  return text;
}

}  // namespace bench
