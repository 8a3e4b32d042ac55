#include "options.h"

#include <unistd.h>

#include <cstdlib>
#include <utility>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "common/printable.h"
#include "common/suggestion.h"
#include "exit_code.h"
#include "seconds.h"

namespace {

using std::chrono::milliseconds;

constexpr const char* kDescription = R"(Talks to a WebSocket server, from a terminal or a pipe.

Examples:
  wsc wss://ws.example.com/chat                          type lines, see messages
  wsc -H 'Authorization: Bearer '"$TOKEN" wss://ws.example.com/
  echo hello | wsc ws://localhost:8080/ws                send, print the replies, end
  wsc -n 1 -x ping ws://localhost:8080/ws                one request, one reply
  wsc --heartbeat ping --heartbeat-interval 30s ws+unix:/run/app.sock:/ws)";

constexpr const char* kFooter = R"(
Durations are seconds, or have a unit: 500ms, 2s, 3m, 1h.
A URL is ws://, wss://, http://, https://, host[:port][/path], or
ws+unix:/path/of/socket:/request/path. Exit codes are in wsc(1).)";

/// What the parser fills in besides Options.
struct Flags {
  std::vector<std::string> headers;
  bool reconnects = false;
  bool never_reconnects = false;
  bool is_insecure = false;
  bool has_no_color = false;
};

milliseconds duration_or_throw(const std::string& text) {
  const auto duration = parse_seconds(text);
  if (!duration) throw CLI::ValidationError{"'" + text + "' is not a duration"};
  return *duration;
}

template <typename Target>
CLI::Option* add_duration(CLI::App& app, const std::string& names, Target& target,
                          const std::string& help) {
  return app
      .add_option_function<std::string>(
          names, [&target](const std::string& text) { target = duration_or_throw(text); }, help)
      ->type_name("S");
}

/// One value each time the option is given.
CLI::Option* add_repeatable(CLI::App& app, const std::string& names,
                            std::vector<std::string>& target, const std::string& type,
                            const std::string& help) {
  return app.add_option(names, target, help)->type_name(type)->allow_extra_args(false);
}

void add_handshake_options(CLI::App& app, Options& options, Flags& flags) {
  wskit::ClientOptions& client = options.client;
  app.add_option("URL", client.url, "Where to connect to")->required()->type_name("");
  add_repeatable(app, "-H,--header", flags.headers, "'K: V'", "Send this header; repeatable");
  add_repeatable(app, "-s,--subprotocol,--protocol", client.subprotocols, "NAME",
                 "Offer this subprotocol; repeatable");
  app.add_option("-o,--origin", client.origin, "Send this Origin")->type_name("ORIGIN");
  app.add_flag("-k,--insecure", flags.is_insecure, "Accept any certificate");
  app.add_option("--cacert", client.ca_file, "Trust these certificates (PEM) only")
      ->type_name("FILE");
  add_duration(app, "--connect-timeout", client.connect_timeout,
               "Give up connecting after this time (10)");
}

void add_connection_options(CLI::App& app, Options& options, Flags& flags) {
  wskit::ClientOptions& client = options.client;
  client.ping_interval = std::chrono::seconds{20};
  add_duration(app, "--ping-interval", client.ping_interval,
               "Send a Ping in this interval; 0: none (20)");
  add_duration(app, "--ping-timeout", client.pong_timeout,
               "Take the connection for lost when nothing comes for this time after a Ping (10)");
  app.add_option("--heartbeat", client.heartbeat_text, "Send this text in the heartbeat interval")
      ->type_name("TEXT");
  add_duration(app, "--heartbeat-interval", client.heartbeat_interval,
               "How often to send the heartbeat (20)");
  app.add_flag("-r,--reconnect", flags.reconnects,
               "Connect again when the connection is lost (default on a terminal)");
  app.add_flag("--no-reconnect", flags.never_reconnects,
               "End when the connection is lost (default in a pipe)");
  add_duration(app, "-m,--max-time", options.max_time, "End with an error after this time");
}

void add_message_options(CLI::App& app, Options& options, Flags& flags) {
  add_repeatable(app, "-x,--execute", options.execute, "MSG",
                 "Send this message instead of standard input; repeatable");
  app.add_option("-n,--count", options.count, "End after this many messages")
      ->check(CLI::PositiveNumber.description(""))
      ->type_name("N");
  add_duration(app, "--eof-wait", options.eof_wait,
               "After the end of input, close when nothing has come for this time (1)");
  app.add_flag("-q,--quiet", options.is_quiet, "Print no status lines; errors are still told");
  app.add_flag("-v,--verbose", options.is_verbose, "Show the answer to the handshake");
  app.add_flag("--no-color", flags.has_no_color, "Do not dim status lines");
}

wskit::Header parse_header(const std::string& text) {
  const auto colon = text.find(':');
  const auto value = text.find_first_not_of(" \t", colon + 1);
  if (colon == std::string::npos || colon == 0) {
    throw CLI::ValidationError{"--header takes 'Name: value'"};
  }
  return {text.substr(0, colon), value == std::string::npos ? "" : text.substr(value)};
}

void complete(Options& options, const Flags& flags) {
  if (flags.reconnects && flags.never_reconnects) {
    throw CLI::ValidationError{"--reconnect and --no-reconnect exclude each other"};
  }
  for (const std::string& text : flags.headers) {
    options.client.headers.push_back(parse_header(text));
  }
  for (const std::string& text : options.execute) {
    if (!is_valid_utf8(text)) throw CLI::ValidationError{"a message of --execute is not UTF-8"};
  }
  if (options.client.heartbeat_interval.count() == 0) {
    throw CLI::ValidationError{"--heartbeat-interval must be above 0"};
  }
  const bool is_input_terminal = isatty(STDIN_FILENO) != 0;
  options.client.verifies_certificate = !flags.is_insecure;
  options.client.reconnect.is_enabled =
      flags.reconnects || (is_input_terminal && !flags.never_reconnects);
  options.is_interactive =
      is_input_terminal && isatty(STDOUT_FILENO) != 0 && options.execute.empty();
  if (!options.eof_wait && options.count == 0) options.eof_wait = std::chrono::seconds{1};
  const char* const no_color = std::getenv("NO_COLOR");
  options.has_color = isatty(STDERR_FILENO) != 0 && !flags.has_no_color &&
                      (no_color == nullptr || *no_color == '\0');
}

int usage_error(const CLI::App& app, const CLI::ParseError& error) {
  std::string text = error.what();
  if (dynamic_cast<const CLI::ExtrasError*>(&error) != nullptr) {
    text = describe_unknown_option(app, app.remaining());
    if (text.empty()) text = "one URL is enough";
  } else if (app.count("URL") == 0 && dynamic_cast<const CLI::RequiredError*>(&error) != nullptr) {
    text = "a URL is needed";
  }
  fmt::print(stderr, "wsc: {} (wsc --help lists the options)\n", printable_line(text));
  return kExitUsage;
}

}  // namespace

ParsedOptions parse_options(int argc, char** argv) {
  CLI::App app{kDescription, "wsc"};
  Options options;
  Flags flags;
  app.footer(kFooter);
  app.get_formatter()->column_width(36);
  app.set_version_flag("--version", "wsc " WSKIT_VERSION, "Print the version");
  add_handshake_options(app, options, flags);
  add_connection_options(app, options, flags);
  add_message_options(app, options, flags);
  try {
    app.parse(argc, argv);
    complete(options, flags);
  } catch (const CLI::Success& success) {
    return {std::nullopt, app.exit(success)};
  } catch (const CLI::ParseError& error) {
    return {std::nullopt, usage_error(app, error)};
  }
  return {std::move(options), kExitOk};
}
