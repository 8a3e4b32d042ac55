#pragma once

#include <optional>
#include <string>
#include <vector>

#include "common/connection_flags.h"
#include "options.h"

/// What the command line says besides Options, before it is checked.
struct Flags {
  std::vector<std::string> words;  ///< a mode, then URLs or files
  ConnectionFlags server;
  std::optional<std::size_t> threads;
  double rate_per_connection = 0;
  std::vector<std::string> messages;
  std::vector<std::string> message_files;
  bool has_size = false;
  bool has_duration = false;
  std::vector<std::string> pids;
  std::vector<std::string> outputs;
  std::string percentiles;
  std::string hdr_file;
  std::string search;
  bool is_json = false;
  bool has_no_live_screen = false;
};

/// Declares every option but --help and --version, in the groups and order of the help.
void add_flags(CLI::App& app, Options& options, Flags& flags);
