#include "slash_commands.h"

#include <algorithm>
#include <charconv>
#include <random>
#include <utility>

#include <fmt/format.h>
#include <wskit/base64.h>
#include <wskit/error.h>
#include <nlohmann/json.hpp>

#include "common/printable.h"
#include "common/suggestion.h"
#include "common/file_content.h"
#include "lab_frame.h"
#include "common/seconds.h"

namespace {

using Run = void (*)(CommandContext& context, const std::string& argument);

struct Command {
  std::string_view name;
  std::string_view argument;
  std::string_view help;
  Run run;
};

void send_text(CommandContext& context, std::string text) {
  if (!is_valid_utf8(text)) return context.screen.status("not sent: it is not UTF-8");
  context.send({wskit::Opcode::text, std::move(text)});
}

void run_ping(CommandContext& context, const std::string&) {
  if (!context.client.is_open()) return context.screen.status("not connected");
  context.status.wish_pong();
  context.client.ping();
}

void run_close(CommandContext& context, const std::string& argument) {
  wskit::CloseStatus status{wskit::close_code::normal, {}};
  if (!argument.empty()) {
    const auto space = std::min(argument.find(' '), argument.size());
    unsigned code = 0;
    const auto [end, error] = std::from_chars(argument.data(), argument.data() + space, code);
    const bool is_number = error == std::errc{} && end == argument.data() + space;
    if (!is_number || !wskit::close_code::may_be_sent(code)) {
      return context.screen.status("/close CODE REASON: this code may not be sent");
    }
    status.code = static_cast<std::uint16_t>(code);
    status.reason = argument.substr(std::min(space + 1, argument.size()));
  }
  context.close(status);
}

void run_hex(CommandContext& context, const std::string& argument) {
  auto bytes = parse_hex(argument);
  if (!bytes) return context.screen.status("/hex takes pairs of hexadecimal digits");
  context.send({wskit::Opcode::binary, std::move(*bytes)});
}

void run_b64(CommandContext& context, const std::string& argument) {
  auto bytes = wskit::base64_decode(argument);
  if (!bytes) return context.screen.status("/b64: this is not base64");
  context.send({wskit::Opcode::binary, std::move(*bytes)});
}

/// Gives `take` the content of a file.
template <typename Take>
void with_file(CommandContext& context, const std::string& name, Take&& take) {
  std::string content;
  try {
    content = read_file(name);
  } catch (const wskit::Error& error) {
    return context.screen.status(error.what());
  }
  take(std::move(content));
}

void run_file(CommandContext& context, const std::string& argument) {
  with_file(context, argument,
            [&context](std::string content) { send_text(context, std::move(content)); });
}

void run_bfile(CommandContext& context, const std::string& argument) {
  with_file(context, argument, [&context](std::string content) {
    context.send({wskit::Opcode::binary, std::move(content)});
  });
}

void run_json(CommandContext& context, const std::string& argument) {
  try {
    [[maybe_unused]] const auto json = nlohmann::json::parse(argument);
  } catch (const nlohmann::json::parse_error& error) {
    return context.screen.status(fmt::format("not sent, no JSON: byte {}", error.byte));
  }
  send_text(context, argument);
}

void run_headers(CommandContext& context, const std::string&) {
  const std::string head = context.tracer.response_head();
  context.screen.status(head.empty() ? "there was no answer yet" : head);
}

void run_rtt(CommandContext& context, const std::string&) {
  context.screen.status(context.status.round_trips());
}

void run_reconnect(CommandContext& context, const std::string&) {
  context.client.reconnect();
}

void run_filter(CommandContext& context, const std::string& argument) {
  try {
    context.screen.filter(argument);
  } catch (const wskit::Error& error) {
    return context.screen.status(error.what());
  }
  context.screen.status(argument.empty() ? "all messages are shown"
                                         : "only messages that match are shown");
}

void run_record(CommandContext& context, const std::string& argument) {
  try {
    context.recorder.record_to(argument);
  } catch (const wskit::Error& error) {
    return context.screen.status(error.what());
  }
  context.screen.status(argument.empty() ? "recording has ended" : "recording to " + argument);
}

void run_status(CommandContext& context, const std::string&) {
  context.screen.status(context.status.line(ConnectionStatus::Clock::now()));
}

void run_format(CommandContext& context, const std::string& argument) {
  const auto format = parse_format(argument);
  if (!format) return context.screen.status("/format pretty, raw, json or hex");
  context.screen.options().format = *format;
}

void run_timestamps(CommandContext& context, const std::string& argument) {
  const auto style = parse_timestamps(argument.empty() ? "abs" : argument);
  if (!style) return context.screen.status("/timestamps abs, delta, iso or none");
  context.screen.options().timestamps = *style;
}

void send_raw(CommandContext& context, const std::string& bytes) {
  if (!context.client.is_open()) return context.screen.status("not connected");
  context.client.send_raw(bytes);
}

void run_frame(CommandContext& context, const std::string& argument) {
  try {
    send_raw(context, parse_lab_frame(argument, std::random_device{}()).encode());
  } catch (const wskit::Error& error) {
    context.screen.status(fmt::format("/frame: {}", error.what()));
  }
}

void run_raw(CommandContext& context, const std::string& argument) {
  const auto bytes = parse_hex(argument);
  if (!bytes) return context.screen.status("/raw takes pairs of hexadecimal digits");
  send_raw(context, *bytes);
}

void run_half_close(CommandContext& context, const std::string&) {
  context.client.shut_down();
}

void run_pause(CommandContext& context, const std::string&) {
  context.client.read(false);
}

void run_resume(CommandContext& context, const std::string&) {
  context.client.read(true);
}

void run_pongs(CommandContext& context, const std::string& argument) {
  if (argument != "on" && argument != "off") return context.screen.status("/pongs on or off");
  context.client.answer_pings(argument == "on");
}

void run_sleep(CommandContext& context, const std::string& argument) {
  const auto time = parse_seconds(argument);
  if (!time) return context.screen.status("/sleep takes a duration");
  context.sleep(*time);
}

void run_quit(CommandContext& context, const std::string&) {
  context.close({wskit::close_code::normal, {}});
}

void run_help(CommandContext& context, const std::string& argument);

constexpr Command kCommands[] = {
    {"/ping", "", "send a Ping and show how long the Pong takes", run_ping},
    {"/rtt", "", "show the round trips of all Pings", run_rtt},
    {"/close", "[CODE [REASON]]", "close the connection, and end", run_close},
    {"/reconnect", "", "connect again, now", run_reconnect},
    {"/json", "TEXT", "send this if it is JSON", run_json},
    {"/hex", "BYTES", "send these hexadecimal bytes", run_hex},
    {"/b64", "TEXT", "send what this base64 stands for", run_b64},
    {"/file", "NAME", "send this file as a text message", run_file},
    {"/bfile", "NAME", "send this file as a binary message", run_bfile},
    {"/headers", "", "show the answer to the handshake", run_headers},
    {"/status", "", "show the state of the connection", run_status},
    {"/format", "NAME", "show messages as pretty, raw, json or hex", run_format},
    {"/timestamps", "[STYLE]", "show times as abs, delta, iso or none", run_timestamps},
    {"/filter", "[RE]", "show only messages that match; without RE all", run_filter},
    {"/record", "[FILE]", "record to this file; without FILE no more", run_record},
    {"/frame", "[WORDS] TEXT",
     "send any frame: nofin rsv1 op=9 mask=none len=N bits=64 hex:", run_frame},
    {"/raw", "BYTES", "send these hexadecimal bytes without a frame", run_raw},
    {"/half-close", "", "end the sending direction without a Close frame", run_half_close},
    {"/pause", "", "read nothing until /resume", run_pause},
    {"/resume", "", "read again", run_resume},
    {"/pongs", "on|off", "answer Pings or not", run_pongs},
    {"/sleep", "S", "send nothing for this time", run_sleep},
    {"/help", "", "show this", run_help},
    {"/quit", "", "close the connection, and end", run_quit},
};

void run_help(CommandContext& context, const std::string&) {
  std::string text;
  for (const Command& command : kCommands) {
    text += fmt::format("{:<24}{}\n", fmt::format("{} {}", command.name, command.argument),
                        command.help);
  }
  text += "//text sends /text; a line that ends with \\ goes on in the next";
  context.screen.status(text);
}

}  // namespace

bool is_slash_command(std::string_view line) {
  return line.starts_with('/') && !line.starts_with("//");
}

void run_slash_command(std::string_view line, CommandContext& context) {
  const auto space = std::min(line.find(' '), line.size());
  const std::string name{line.substr(0, space)};
  const std::string argument{line.substr(std::min(space + 1, line.size()))};
  const auto* const found = std::ranges::find(kCommands, name, &Command::name);
  if (found != std::end(kCommands)) return found->run(context, argument);
  const std::string nearest = nearest_word(name, slash_command_names());
  context.screen.status(
      fmt::format("there is no {}{}; /help lists the commands, and // sends a slash", name,
                  nearest.empty() ? "" : "; did you mean " + nearest + "?"));
}

std::vector<std::string> slash_command_names() {
  std::vector<std::string> names;
  for (const Command& command : kCommands) names.emplace_back(command.name);
  return names;
}
