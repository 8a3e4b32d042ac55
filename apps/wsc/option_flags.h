#pragma once

#include <optional>
#include <string>
#include <vector>

#include "common/connection_flags.h"
#include "options.h"

namespace CLI {
class App;
}

/// What the command line says besides Options, before it is checked.
struct Flags {
  ConnectionFlags server;
  std::vector<std::string> on_open;
  std::optional<std::string> no_proxy;
  std::string retry_on;
  std::string format;
  std::string timestamps;
  std::string color;
  std::string offline;
  std::string heartbeat_expect;
  bool has_no_slash = false;
  bool has_no_status_line = false;
  bool follows_redirects = false;
  bool reconnects = false;
  bool never_reconnects = false;
  bool has_no_color = false;
  bool is_json = false;
  bool exits_on_eof = false;
  bool is_null_separated = false;
};

/// Declares every option but --help and --version, in the groups and order of the help.
void add_flags(CLI::App& app, Options& options, Flags& flags);
