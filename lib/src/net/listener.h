#pragma once

#include <string>

namespace wskit {

/// A socket that listens. Closes it, and removes a unix socket's file, when destroyed.
class Listener {
 public:
  struct Options {
    bool is_shared = false;         ///< others may listen on the same port (SO_REUSEPORT)
    bool is_owner_only = false;     ///< unix: mode 0600
    bool must_be_loopback = false;  ///< refuse addresses that others can reach
  };

  /// Binds "ADDR:PORT", "[ADDR6]:PORT" or "unix:PATH". Throws Error naming the address. A unix
  /// socket's file is replaced if nobody answers on it.
  Listener(const std::string& address, Options options);
  ~Listener();
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  /// Takes no more connections from now on; those not yet accepted are refused. Thread: any.
  void stop();

  int descriptor() const { return descriptor_; }

  /// As bound: port 0 has become a number.
  const std::string& address() const { return address_; }

 private:
  void bind_unix(const std::string& path, const Options& options);
  void bind_inet(const Options& options);

  std::string address_;
  std::string unix_path_;
  int descriptor_ = -1;
};

/// Whether the address is "unix:PATH".
bool is_unix_address(const std::string& address);

}  // namespace wskit
