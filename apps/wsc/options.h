#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <wskit/client.h>

#include "expectations.h"
#include "screen.h"

/// What becomes of lines typed while there is no connection.
enum class Offline : std::uint8_t {
  queue,  ///< sent once there is one
  drop,   ///< not sent
  block,  ///< given back to the one who types
};

/// What is sent.
struct InputOptions {
  std::vector<std::string> execute;  ///< instead of standard input
  std::vector<std::string> on_open;  ///< after each handshake, before anything else
  std::string file;                  ///< read instead of standard input; empty: is not
  bool is_binary = false;
  bool is_one_message = false;  ///< all of the input
  char separator = '\n';        ///< between messages
  Offline offline = Offline::queue;
};

/// When wsc ends by itself.
struct EndOptions {
  std::size_t count = 0;  ///< messages after which to end; 0: no end
  ExpectationOptions expectations;
  std::optional<std::chrono::milliseconds> eof_wait;  ///< without a message; empty: for ever
  std::optional<std::chrono::milliseconds> wait;      ///< after the last message sent
  std::chrono::milliseconds max_time{0};              ///< 0: no limit
  wskit::CloseStatus close{wskit::close_code::normal, {}};

  /// Whether only messages of the server can bring the end.
  bool waits_for_messages() const;
};

/// What the command line says.
struct Options {
  wskit::ClientOptions client;
  InputOptions input;
  EndOptions end;
  ScreenOptions screen;
  std::string write_out;           ///< printed at the end, with its variables replaced
  bool includes_headers = false;   ///< of the answer to the handshake, on standard output
  std::string filter;              ///< only messages that match are shown
  std::string record_file;         ///< empty: none
  std::string replay_file;         ///< sent instead of standard input; empty: none
  double replay_speed = 1;         ///< 0: without pauses
  bool compares_replay = false;    ///< what comes has to be what the recording has
  std::string history_file;        ///< of what is typed; empty: none
  bool resumes = false;            ///< by `since`, after the last message's id
  bool has_slash_commands = true;  ///< on a terminal
  bool obeys_input = false;        ///< slash commands in a file or pipe, too
  bool has_status_line = true;
  bool is_interactive = false;  ///< line editing on a terminal
  int verbosity = 0;            ///< 1: the handshake, 2: frames, too, 3: bytes, too
};

struct ParsedOptions {
  std::optional<Options> options;  ///< empty: said what there was to say, end with exit_code
  int exit_code = 0;
};

/// Prints help, version, completions and usage errors by itself.
ParsedOptions parse_options(int argc, char** argv);
