#pragma once

#include <string>
#include <vector>

#include <wskit/client_options.h>

namespace CLI {
class App;
}

/// What the command line says about the way to a server, before it is checked.
struct ConnectionFlags {
  std::vector<std::string> headers;
  std::vector<std::string> cookies;
  std::string user_agent;
  std::string user;
  std::string bearer;
  std::string passphrase;
  std::string tls_min;
  std::string tls_max;
  bool is_ipv4_only = false;
  bool is_ipv6_only = false;
  bool is_insecure = false;
};

/// Which of the options have letters.
enum class OptionLetters { all, few };

/// Declares the options of these headings in the help. `prefix` is that of environment variables:
/// `WSC` in WSC_TOKEN.
void add_handshake_flags(CLI::App& app, wskit::ClientOptions& client, ConnectionFlags& flags,
                         const std::string& prefix, OptionLetters letters = OptionLetters::all);
void add_tls_flags(CLI::App& app, wskit::ClientOptions& client, ConnectionFlags& flags,
                   const std::string& prefix);
void add_route_flags(CLI::App& app, wskit::ClientOptions& client, ConnectionFlags& flags,
                     OptionLetters letters = OptionLetters::all);

/// Completes the client's options by the flags and the environment. Throws wskit::Error for what
/// is malformed or excludes each other.
void complete_connection(wskit::ClientOptions& client, const ConnectionFlags& flags,
                         const std::string& prefix);
