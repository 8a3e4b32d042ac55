#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include <wskit/client.h>

/// What the command line says.
struct Options {
  wskit::ClientOptions client;
  std::vector<std::string> execute;                   ///< sent instead of standard input
  std::size_t count = 0;                              ///< messages after which to end; 0: no end
  std::optional<std::chrono::milliseconds> eof_wait;  ///< empty: for ever
  std::chrono::milliseconds max_time{0};              ///< 0: no limit
  bool is_interactive = false;                        ///< line editing on a terminal
  bool is_quiet = false;
  bool is_verbose = false;
  bool has_color = false;
};

struct ParsedOptions {
  std::optional<Options> options;  ///< empty: said what there was to say, end with exit_code
  int exit_code = 0;
};

/// Prints help, version and usage errors by itself.
ParsedOptions parse_options(int argc, char** argv);
