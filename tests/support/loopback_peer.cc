#include "support/loopback_peer.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <stdexcept>
#include <utility>

namespace {

int bound_socket(std::string& port) {
  const int bound = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof address;
  auto* const generic = reinterpret_cast<sockaddr*>(&address);
  if (bind(bound, generic, length) != 0 || getsockname(bound, generic, &length) != 0) {
    throw std::runtime_error{"cannot bind to 127.0.0.1"};
  }
  port = std::to_string(ntohs(address.sin_port));
  return bound;
}

}  // namespace

LoopbackPeer::LoopbackPeer(Talk talk) : listener_{bound_socket(port_)} {
  if (listen(listener_, 8) != 0) throw std::runtime_error{"cannot listen"};
  thread_ = std::thread{[this, talk = std::move(talk)] {
    const int accepted = accept(listener_, nullptr, nullptr);
    if (accepted < 0) return;
    talk(accepted);
    ::close(accepted);
  }};
}

LoopbackPeer::~LoopbackPeer() {
  shutdown(listener_, SHUT_RDWR);
  thread_.join();
  ::close(listener_);
}

RefusingPort::RefusingPort() : socket_{bound_socket(port_)} {}

RefusingPort::~RefusingPort() {
  ::close(socket_);
}

void echo(int socket) {
  std::array<char, 16 * 1024> buffer;
  while (true) {
    const ssize_t count = recv(socket, buffer.data(), buffer.size(), 0);
    if (count <= 0) return;
    if (send(socket, buffer.data(), static_cast<std::size_t>(count), MSG_NOSIGNAL) < 0) return;
  }
}
