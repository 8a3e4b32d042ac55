#pragma once

#include <functional>
#include <string>
#include <thread>

/// Listens on a port of 127.0.0.1 that the system chooses, accepts one connection and hands its
/// blocking socket to `talk`, on a thread that the destructor joins.
class LoopbackPeer {
 public:
  using Talk = std::function<void(int socket)>;

  explicit LoopbackPeer(Talk talk);
  ~LoopbackPeer();  ///< also when nobody has connected
  LoopbackPeer(const LoopbackPeer&) = delete;
  LoopbackPeer& operator=(const LoopbackPeer&) = delete;

  const std::string& port() const { return port_; }

 private:
  std::string port_;
  int listener_;
  std::thread thread_;
};

/// A port of 127.0.0.1 at which connections are refused for as long as this lives.
class RefusingPort {
 public:
  RefusingPort();
  ~RefusingPort();
  RefusingPort(const RefusingPort&) = delete;
  RefusingPort& operator=(const RefusingPort&) = delete;

  const std::string& port() const { return port_; }

 private:
  std::string port_;
  int socket_;
};

/// Sends back what comes until the other side ends.
void echo(int socket);
