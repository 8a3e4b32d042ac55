#pragma once

#include <sys/socket.h>

#include <functional>
#include <string>
#include <vector>

#include <wskit/client_options.h>
#include <wskit/loop.h>

namespace wskit {

/// What a name stands for.
struct ResolvedName {
  std::vector<sockaddr_storage> addresses;  ///< in the order in which to try them
  std::string problem;                      ///< why there are none
};

/// Looks up one host name at a time, off the loop.
///
/// Thread: its loop's. Destroying it cancels: `done` is then not called.
class Resolver {
 public:
  using Done = std::function<void(ResolvedName)>;

  explicit Resolver(Loop& loop) : loop_{loop} {}
  ~Resolver() { cancel(); }
  Resolver(const Resolver&) = delete;
  Resolver& operator=(const Resolver&) = delete;

  /// `host` may also be an address, `port` a number or a service. `done` is called in a coming
  /// turn; an earlier lookup that still runs is cancelled.
  void resolve(const std::string& host, const std::string& port, IpVersion version, Done done);

  void cancel();

  /// The same at once: blocks.
  static ResolvedName resolve_now(const std::string& host, const std::string& port,
                                  IpVersion version);

 private:
  struct Lookup;
  Loop& loop_;
  Lookup* running_ = nullptr;  ///< freed by its callback
};

}  // namespace wskit
