#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <wskit/client_options.h>

#include "load_options.h"

/// Where a report goes: `format` is that of -o, `target` a file, an address, or "-": standard
/// output, for one of them at most.
struct Output {
  std::string format;
  std::string target;
};

/// What decides between success and failure besides the server's answers.
struct CheckOptions {
  std::vector<std::string> thresholds;
  bool aborts_on_fail = false;
  std::string baseline_file;     ///< empty: none
  std::string max_regression;    ///< as `rtt.p99=10%,rate=5%`
  bool accepts_invalid = false;  ///< a generator that was the limit is only told
};

enum class Mode : std::uint8_t { run, search, compare, merge };

struct SearchOptions {
  bool is_for_rate = true;  ///< else for the number of connections
  std::vector<std::string> slo;
};

/// What the command line says.
struct Options {
  Mode mode = Mode::run;
  wskit::ClientOptions client;
  std::vector<std::string> urls;  ///< compare: all; merge: files
  LoadOptions load;
  SearchOptions search;
  double rate_per_connection = 0;  ///< what load.rate was made from; 0: it was not
  std::size_t repeat_count = 1;
  std::vector<std::string> local_addresses;
  std::vector<int> pids;
  std::string unit;
  CheckOptions checks;
  std::vector<Output> outputs;
  std::vector<double> percentiles{50, 90, 99, 99.9, 99.99, 99.999};
  bool shows_spectrum = false;
  bool shows_uncorrected_only = false;
  bool is_quiet = false;
  bool has_live_screen = true;
};

struct ParsedOptions {
  std::optional<Options> options;  ///< empty: said what there was to say, end with exit_code
  int exit_code = 0;
};

/// Prints help, version, completions and usage errors by itself.
ParsedOptions parse_options(int argc, char** argv);
