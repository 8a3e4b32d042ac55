#pragma once

#include <memory>
#include <string>

#include <wskit/client_options.h>
#include <wskit/export.h>

namespace wskit {

/// ClientOptions made ready for use: checked, certificates read. Any number of clients may share
/// it.
///
/// Thread: any, once built.
/// Errors: throws Error if an option is malformed. A malformed URL and certificates that cannot be
/// used are told by each client as a ConnectFailure.
class WSKIT_API ClientSettings {
 public:
  explicit ClientSettings(ClientOptions options);
  ~ClientSettings();
  ClientSettings(const ClientSettings&) = delete;
  ClientSettings& operator=(const ClientSettings&) = delete;

  /// Why no client can use them: the URL is malformed, or a certificate. Empty: they can.
  std::string problem() const;

  struct Impl;

 private:
  friend class Client;
  std::unique_ptr<const Impl> impl_;
};

/// Looks the host of the URL up, so that clients need not, and puts what it found into
/// `route.resolve`. Blocks. Returns the first address; empty, and nothing is changed, where no host
/// is dialled: a proxy or a unix socket is. Throws Error if the URL is malformed or the host
/// unknown.
WSKIT_API std::string resolve_host(ClientOptions& options);

}  // namespace wskit
