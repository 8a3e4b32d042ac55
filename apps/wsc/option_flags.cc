#include "option_flags.h"

#include <chrono>
#include <utility>

#include <CLI/CLI.hpp>

#include "common/connection_flags.h"
#include "common/option_group.h"

namespace {

using std::chrono::milliseconds;

void add_redirect_flags(CLI::App& app, Options& options, Flags& flags) {
  OptionGroup group{app, "Handshake"};
  group.flag("-L,--location", flags.follows_redirects, "Follow redirects");
  app.add_option("--max-redirects,--max-redirs", options.client.max_redirects,
                 "Follow so many, with --location (10)")
      ->type_name("N")
      ->group("Handshake");
}

void add_proxy_flags(CLI::App& app, Flags& flags) {
  const auto set_hosts = [&flags](const std::string& hosts) { flags.no_proxy = hosts; };
  app.add_option_function<std::string>("--noproxy", set_hosts, "Go there directly; * for all")
      ->type_name("HOSTS")
      ->group("Route");
}

void add_connection_flags(CLI::App& app, Options& options, Flags& flags) {
  wskit::ClientOptions& client = options.client;
  wskit::ReconnectOptions& reconnect = client.reconnect;
  OptionGroup group{app, "Connection"};
  group.duration("--ping-interval", client.ping_interval,
                 "Send a Ping in this interval; 0: none (20)");
  group.duration("--ping-timeout", client.pong_timeout,
                 "Lost when nothing comes for this time after a Ping (10)");
  group.value("--heartbeat", client.heartbeat_text, "TEXT",
              "Send this text in the heartbeat interval");
  group.duration("--heartbeat-interval", client.heartbeat_interval,
                 "How often to send the heartbeat (20)");
  group.value("--heartbeat-expect", flags.heartbeat_expect, "RE",
              "Lost when no message matches within --ping-timeout after a heartbeat");
  group.flag("-r,--reconnect", flags.reconnects,
             "Connect again when the connection is lost (default on a terminal)");
  group.flag("--no-reconnect", flags.never_reconnects,
             "End when the connection is lost (default in a pipe)");
  group.number("--retry", reconnect.max_attempts, "End after so many failed attempts in a row");
  group.duration("--retry-delay", reconnect.first_delay,
                 "Bound of the first random delay, which then doubles (0.5)");
  group.duration("--retry-max-delay", reconnect.max_delay, "Bound of all delays (30)");
  group.duration("--retry-max-time", reconnect.max_time,
                 "End when there was no connection for so long");
  group.value("--retry-on", flags.retry_on, "CODES",
              "Try again after these statuses and close codes, too");
  group.list("--on-open", flags.on_open, "MSG", "Send first on every connection; or @FILE");
  group.choice("--offline", flags.offline, "queue|drop|block",
               "What becomes of lines typed while there is no connection (queue)");
  group.flag("--resume", options.resumes,
             "Reconnect with since=ID of the last message, as wsd understands it");
}

void add_message_flags(CLI::App& app, Options& options, Flags& flags) {
  InputOptions& input = options.input;
  EndOptions& end = options.end;
  OptionGroup group{app, "Messages"};
  group.list("-x,--execute", input.execute, "MSG", "Send this instead of standard input");
  group.value("-f,--file", input.file, "FILE", "Send this file's lines instead");
  group.flag("-b,--binary", input.is_binary, "Send binary messages");
  group.flag("-0,--null,--null-terminated", flags.is_null_separated,
             "A zero byte ends messages, not a line end; in and out");
  group.flag("-1,--one-message", input.is_one_message, "All of the input is one message");
  group.flag("-E,--exit-on-eof", flags.exits_on_eof, "Close at the end of input at once");
  group.duration("--eof-wait", end.eof_wait,
                 "After the end of input, close when nothing has come for this time (1)");
  const auto set_wait = [&end](const std::string& text) {
    end.wait = text == "-1" ? milliseconds::max() : duration_value(text);
  };
  app.add_option_function<std::string>("-w,--wait", set_wait,
                                       "Close so long after the last message sent; -1: never")
      ->type_name("S")
      ->group("Messages");
  group.number("-n,--count", end.count, "End after so many messages",
               " (-n is the number of messages; -k accepts any certificate)");
  group.list("--expect", end.expectations.expect, "RE", "Some message must match; else exit 99");
  group.list("--expect-json", end.expectations.expect_json, "PTR=VALUE",
             "Some message must have this value there");
  group.list("--reject", end.expectations.reject, "RE", "No message may match; else exit 99");
  group.value("--until", end.expectations.until, "RE", "End with the first message that matches");
  group.duration("-m,--max-time,--timeout", end.max_time, "End with an error after this time");
  const auto set_code = [&end](const std::string& text) {
    unsigned code = 0;
    const bool is_number = CLI::detail::lexical_cast(text, code);
    if (!is_number || !wskit::close_code::may_be_sent(code)) {
      throw CLI::ValidationError{"--close-code: '" + text + "' is none that may be sent"};
    }
    end.close.code = static_cast<std::uint16_t>(code);
  };
  app.add_option_function<std::string>("--close-code,--close-status-code", set_code,
                                       "Close with this code (1000)")
      ->type_name("CODE")
      ->group("Messages");
  group.value("--close-reason", end.close.reason, "TEXT", "Close with this reason");
}

void add_replay_flags(CLI::App& app, Options& options) {
  OptionGroup group{app, "Messages"};
  group.value("--replay", options.replay_file, "FILE", "Send what this recording sent, as it did");
  const auto set_speed = [&options](std::string text) {
    if (text.ends_with('x')) text.pop_back();
    const bool is_speed = CLI::detail::lexical_cast(text, options.replay_speed) &&
                          options.replay_speed >= 0 && options.replay_speed <= 1e6;
    if (!is_speed) throw CLI::ValidationError{"--speed takes a number such as 2x; 0: no pauses"};
  };
  app.add_option_function<std::string>("--speed", set_speed, "How fast, such as 2x; 0: no pauses")
      ->type_name("N")
      ->group("Messages");
  group.flag("--diff", options.compares_replay,
             "Exit with 99 when other messages come than in the recording");
}

void add_output_flags(CLI::App& app, Options& options, Flags& flags) {
  OptionGroup group{app, "Output"};
  group.choice("--format", flags.format, "pretty|raw|json|hex",
               "How messages are shown (pretty on a terminal, else raw)");
  group.flag("-j,--json", flags.is_json, "The same as --format json");
  app.add_flag("--timestamps{abs}", flags.timestamps, "Show when messages came (abs)")
      ->check(CLI::IsMember{{"abs", "delta", "iso"}}.description(""))
      ->type_name("abs|delta|iso")
      ->group("Output");
  group.value("--filter", options.filter, "RE", "Show only messages that match");
  group.value("--record", options.record_file, "FILE",
              "Write everything sent and received to this file, as --format json has it");
  group.choice("--color", flags.color, "auto|always|never", "Colours (auto)");
  group.flag("--no-color", flags.has_no_color, "The same as --color never");
  group.flag("-q,--quiet", options.screen.is_quiet, "Print no status lines; errors are still told");
  app.add_flag("-v,--verbose", options.verbosity,
               "Show the handshake; twice: frames; three times: bytes")
      ->group("Output");
  group.flag("-i,--include", options.includes_headers,
             "Write the answer's headers to standard output");
  group.value("--write-out", options.write_out, "FORMAT", "Print times and counts at the end");
  group.flag("--slash", options.obeys_input, "Obey slash commands in files and pipes, too");
  group.flag("--no-slash", flags.has_no_slash, "Lines that begin with / are messages");
  group.flag("--no-status-line", flags.has_no_status_line, "Keep no row of the terminal for it");
  group.value("--history", options.history_file, "FILE",
              "Keep what is typed there; else WSC_HISTFILE");
}

}  // namespace

void add_flags(CLI::App& app, Options& options, Flags& flags) {
  app.add_option("URL,-c,--connect", options.client.url, "Where to connect to")
      ->type_name("")
      ->group("");
  add_handshake_flags(app, options.client, flags.server, "WSC");
  add_redirect_flags(app, options, flags);
  add_tls_flags(app, options.client, flags.server, "WSC");
  add_route_flags(app, options.client, flags.server);
  add_proxy_flags(app, flags);
  add_connection_flags(app, options, flags);
  add_message_flags(app, options, flags);
  add_replay_flags(app, options);
  add_output_flags(app, options, flags);
}
