#include "net/socket_address.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>

#include <wskit/error.h>

namespace wskit {
namespace {

std::string numeric_host(int family, const void* address) {
  std::array<char, INET6_ADDRSTRLEN> text = {};
  inet_ntop(family, address, text.data(), text.size());
  return text.data();
}

const void* mapped_v4(const in6_addr& address) {
  return IN6_IS_ADDR_V4MAPPED(&address) ? address.s6_addr + 12 : nullptr;
}

}  // namespace

SocketAddress parse_socket_address(const std::string& text) {
  const Error malformed("address '" + text + "' is not of the form ADDR:PORT or unix:PATH");
  const auto colon = text.rfind(':');
  if (colon == std::string::npos) throw malformed;
  std::string host = text.substr(0, colon);
  std::uint16_t port = 0;
  const char* const end = text.data() + text.size();
  const auto [last, error] = std::from_chars(text.data() + colon + 1, end, port);
  if (error != std::errc{} || last != end) throw malformed;

  SocketAddress address;
  if (host.size() > 2 && host.starts_with('[') && host.ends_with(']')) {
    auto* inet = reinterpret_cast<sockaddr_in6*>(&address.storage);
    inet->sin6_family = AF_INET6;
    inet->sin6_port = htons(port);
    address.size = sizeof *inet;
    host = host.substr(1, host.size() - 2);
    if (inet_pton(AF_INET6, host.c_str(), &inet->sin6_addr) != 1) throw malformed;
  } else {
    auto* inet = reinterpret_cast<sockaddr_in*>(&address.storage);
    inet->sin_family = AF_INET;
    inet->sin_port = htons(port);
    address.size = sizeof *inet;
    if (host == "localhost") host = "127.0.0.1";
    if (inet_pton(AF_INET, host.c_str(), &inet->sin_addr) != 1) throw malformed;
  }
  return address;
}

std::string format_socket_address(const sockaddr_storage& address) {
  if (address.ss_family == AF_INET) {
    const auto& inet = reinterpret_cast<const sockaddr_in&>(address);
    return fmt::format("{}:{}", numeric_host(AF_INET, &inet.sin_addr), ntohs(inet.sin_port));
  }
  if (address.ss_family == AF_INET6) {
    const auto& inet = reinterpret_cast<const sockaddr_in6&>(address);
    if (const void* v4 = mapped_v4(inet.sin6_addr)) {
      return fmt::format("{}:{}", numeric_host(AF_INET, v4), ntohs(inet.sin6_port));
    }
    return fmt::format("[{}]:{}", numeric_host(AF_INET6, &inet.sin6_addr), ntohs(inet.sin6_port));
  }
  return "unix";
}

std::string format_address(const sockaddr_storage& address) {
  std::string text = format_socket_address(address);
  text.resize(std::min(text.size(), text.rfind(':')));
  return text.starts_with('[') ? text.substr(1, text.size() - 2) : text;
}

std::string join_host_port(const std::string& host, const std::string& port) {
  return (host.find(':') != std::string::npos ? "[" + host + "]" : host) + ":" + port;
}

bool is_loopback(const sockaddr_storage& address) {
  if (address.ss_family == AF_INET) {
    const auto& inet = reinterpret_cast<const sockaddr_in&>(address);
    return (ntohl(inet.sin_addr.s_addr) >> 24U) == 127;
  }
  if (address.ss_family == AF_INET6) {
    return IN6_IS_ADDR_LOOPBACK(&reinterpret_cast<const sockaddr_in6&>(address).sin6_addr) != 0;
  }
  return address.ss_family == AF_UNIX;
}

}  // namespace wskit
