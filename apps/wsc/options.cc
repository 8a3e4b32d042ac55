#include "options.h"

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <system_error>
#include <utility>

#include <fmt/format.h>
#include <wskit/error.h>
#include <CLI/CLI.hpp>

#include "common/command_line.h"
#include "common/environment.h"
#include "common/file_content.h"
#include "common/printable.h"
#include "common/split.h"
#include "exit_code.h"
#include "foreign_options.h"
#include "history_file.h"
#include "option_flags.h"
#include "pattern.h"
#include "proxy_environment.h"

namespace {

constexpr const char* kDescription = R"(Talks to a WebSocket server, from a terminal or a pipe.

Examples:
  wsc wss://ws.example.com/chat                          type lines, see messages
  WSC_TOKEN=... wsc wss://ws.example.com/                with a bearer token
  echo hello | wsc ws://localhost:8080/ws                send, print the replies, end
  wsc -x ping --expect pong -m 5 ws://localhost:8080/ws  check, for scripts
  wsc -v --proxy socks5h://localhost:1080 wss://example.com/)";

constexpr const char* kFooter = R"(
Durations are seconds, or have a unit: 500ms, 2s, 3m, 1h.
A URL is ws://, wss://, http://, https://, host[:port][/path], or
ws+unix:/path/of/socket:/request/path. Exit codes are in wsc(1).)";

/// Of a Close frame (RFC 6455 section 5.5).
constexpr std::size_t kMaxReasonBytes = 123;

void complete_connection(Options& options, const Flags& flags) {
  wskit::ClientOptions& client = options.client;
  complete_connection(client, flags.server, "WSC");
  if (!flags.follows_redirects) client.max_redirects = 0;
  if (client.route.proxy.empty()) client.route.proxy = environment_proxy(client.url, environment);
  const std::string excluded = flags.no_proxy.value_or(environment_no_proxy(environment));
  if (is_excluded_from_proxy(client.url, excluded)) client.route.proxy.clear();
  if (client.heartbeat_interval.count() == 0) {
    throw CLI::ValidationError{"--heartbeat-interval must be above 0"};
  }
}

void complete_heartbeat(wskit::ClientOptions& client, const std::string& expected) {
  if (expected.empty()) return;
  if (client.heartbeat_text.empty()) {
    throw CLI::ValidationError{"--heartbeat-expect needs --heartbeat"};
  }
  const auto pattern = std::make_shared<const Pattern>(expected, "--heartbeat-expect");
  client.is_heartbeat_answer = [pattern](const wskit::MessageView& message) {
    return pattern->matches(message.payload);
  };
}

void complete_reconnect(Options& options, const Flags& flags, bool is_input_terminal) {
  if (flags.reconnects && flags.never_reconnects) {
    throw CLI::ValidationError{"--reconnect and --no-reconnect exclude each other"};
  }
  wskit::ReconnectOptions& reconnect = options.client.reconnect;
  const bool is_asked_for = flags.reconnects || reconnect.max_attempts > 0 ||
                            reconnect.max_time.count() > 0 || !flags.retry_on.empty();
  reconnect.is_enabled = !flags.never_reconnects && (is_asked_for || is_input_terminal);
  for (const std::string& code : split_at_commas(flags.retry_on)) {
    int number = 0;
    if (code.empty()) continue;
    if (!CLI::detail::lexical_cast(code, number)) {
      throw CLI::ValidationError{"--retry-on: '" + code + "' is no number"};
    }
    reconnect.retried.push_back(number);
  }
}

void complete_messages(Options& options, const Flags& flags) {
  InputOptions& input = options.input;
  for (const std::string& value : flags.on_open) input.on_open.push_back(text_or_file(value));
  input.offline = flags.offline == "drop"    ? Offline::drop
                  : flags.offline == "block" ? Offline::block
                                             : Offline::queue;
  if (flags.is_null_separated) input.separator = options.screen.separator = '\0';
  const bool are_texts = std::ranges::all_of(input.execute, is_valid_utf8) || input.is_binary;
  if (!are_texts) throw CLI::ValidationError{"a message of --execute is not UTF-8"};
  if (!std::ranges::all_of(input.on_open, is_valid_utf8)) {
    throw CLI::ValidationError{"a message of --on-open is not UTF-8"};
  }
  if (!input.file.empty() && !input.execute.empty()) {
    throw CLI::ValidationError{"--file and --execute exclude each other"};
  }
  const bool has_messages = !input.file.empty() || !input.execute.empty();
  if (!options.replay_file.empty() && has_messages) {
    throw CLI::ValidationError{"--replay excludes --file and --execute"};
  }
  if (options.compares_replay && options.replay_file.empty()) {
    throw CLI::ValidationError{"--diff needs --replay"};
  }
  std::error_code unknown;
  if (std::filesystem::equivalent(options.replay_file, options.record_file, unknown)) {
    throw CLI::ValidationError{"--record would overwrite what --replay plays"};
  }
  EndOptions& end = options.end;
  if (!is_valid_utf8(end.close.reason) || end.close.reason.size() > kMaxReasonBytes) {
    throw CLI::ValidationError{"--close-reason takes at most 123 bytes of UTF-8"};
  }
  if (flags.exits_on_eof) end.eof_wait = std::chrono::milliseconds{0};
  const bool has_own_end = end.wait || end.waits_for_messages();
  if (!end.eof_wait && !has_own_end) end.eof_wait = std::chrono::seconds{1};
}

void complete_output(Options& options, const Flags& flags, bool is_input_terminal) {
  ScreenOptions& screen = options.screen;
  const bool is_output_terminal = isatty(STDOUT_FILENO) != 0;
  const std::string format = flags.is_json ? "json" : flags.format;
  screen.format = parse_format(format).value_or(is_output_terminal ? Format::pretty : Format::raw);
  screen.timestamps = parse_timestamps(flags.timestamps).value_or(Timestamps::none);
  options.has_slash_commands = !flags.has_no_slash;
  options.has_status_line = !flags.has_no_status_line && environment("TERM") != "dumb";
  if (options.history_file.empty()) options.history_file = default_history_file();
  options.is_interactive = is_input_terminal && is_output_terminal &&
                           options.input.execute.empty() && options.input.file.empty() &&
                           options.replay_file.empty();
  // NO_COLOR over CLICOLOR_FORCE over CLICOLOR over what the terminal can.
  const std::string forced = environment("CLICOLOR_FORCE");
  const bool is_allowed = environment("NO_COLOR").empty() &&
                          ((!forced.empty() && forced != "0") ||
                           (isatty(STDERR_FILENO) != 0 && environment("CLICOLOR") != "0" &&
                            environment("TERM") != "dumb"));
  const bool is_denied = flags.has_no_color || flags.color == "never";
  screen.has_color = !is_denied && (flags.color == "always" || is_allowed);
}

void complete(Options& options, const Flags& flags) {
  if (options.client.url.empty()) throw CLI::ValidationError{"a URL is needed"};
  const bool is_input_terminal = isatty(STDIN_FILENO) != 0;
  complete_connection(options, flags);
  complete_heartbeat(options.client, flags.heartbeat_expect);
  complete_reconnect(options, flags, is_input_terminal);
  complete_messages(options, flags);
  complete_output(options, flags, is_input_terminal);
}

}  // namespace

bool EndOptions::waits_for_messages() const {
  return count > 0 || !expectations.expect.empty() || !expectations.expect_json.empty() ||
         !expectations.until.empty();
}

ParsedOptions parse_options(int argc, char** argv) {
  CLI::App app{kDescription, "wsc"};
  Options options;
  Flags flags;
  options.client.ping_interval = std::chrono::seconds{20};
  options.client.max_redirects = 10;
  add_flags(app, options, flags);
  CommandLine command_line{app, "wsc [OPTIONS] URL", kFooter};
  command_line.set_hints(foreign_options());
  const auto code = command_line.read(argc, argv, [&] { complete(options, flags); });
  if (code) return {std::nullopt, *code};
  return {std::move(options), kExitOk};
}
