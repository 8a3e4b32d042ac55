#pragma once

#include <optional>
#include <string>
#include <vector>

#include <wskit/client_options.h>

#include "core/client_url.h"
#include "core/proxy_handshake.h"

namespace wskit {

/// Where to dial for a URL.
struct ClientRoute {
  std::string host;  ///< without brackets
  std::string port;
  std::vector<std::string> addresses;  ///< of the host, if they need not be looked up
  std::string unix_path;               ///< unless empty, instead of all the above
};

/// What options say about the way to hosts.
class ClientRoutes {
 public:
  /// Throws Error naming the entry that is malformed.
  explicit ClientRoutes(const ClientRouteOptions& options);

  ClientRoute find(const ClientUrl& url) const;

  const std::optional<ProxyUrl>& proxy() const { return proxy_; }

 private:
  /// The host "*" is any.
  struct Known {
    std::string host;
    std::string port;
    std::vector<std::string> addresses;
  };
  /// From an empty host or port: from any.
  struct Detour {
    std::string from_host;
    std::string from_port;
    std::string host;  ///< empty: the same
    std::string port;  ///< empty: the same
  };

  std::vector<Known> known_;
  std::vector<Detour> detours_;
  std::string unix_path_;
  std::optional<ProxyUrl> proxy_;
};

}  // namespace wskit
