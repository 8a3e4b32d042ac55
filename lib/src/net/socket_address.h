#pragma once

#include <string>

#include <sys/socket.h>

namespace wskit {

struct SocketAddress {
  sockaddr_storage storage = {};
  socklen_t size = 0;

  const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
};

/// Reads "ADDR:PORT" or "[ADDR6]:PORT" with a numeric address; throws Error naming the text.
SocketAddress parse_socket_address(const std::string& text);

/// "192.0.2.1:80", "[2001:db8::1]:80" or "unix"; v4-mapped addresses show as IPv4.
std::string format_socket_address(const sockaddr_storage& address);

/// The same without the port and brackets.
std::string format_address(const sockaddr_storage& address);

/// "host:port", with brackets around an IPv6 address.
std::string join_host_port(const std::string& host, const std::string& port);

bool is_loopback(const sockaddr_storage& address);

}  // namespace wskit
