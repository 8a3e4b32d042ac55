#pragma once

#include <memory>
#include <string>
#include <vector>

#include "net/listener.h"

namespace wskit {

/// The listening sockets of a server with several loops: each loop has its own for each address,
/// or shares that of a unix socket with the others.
class ListenerSet {
 public:
  /// Throws Error naming the address that cannot be bound.
  ListenerSet(const std::vector<std::string>& wanted, unsigned loop_count);

  /// As bound: port 0 has become a number.
  const std::vector<std::string>& addresses() const { return addresses_; }

  std::vector<int> descriptors(unsigned loop) const;

  /// See Listener::stop().
  void stop();

 private:
  unsigned loop_count_;
  std::vector<std::unique_ptr<Listener>> listeners_;  ///< for each address one for each loop
  std::vector<std::string> addresses_;
};

}  // namespace wskit
