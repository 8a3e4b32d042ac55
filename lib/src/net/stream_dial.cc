// The part of Stream that comes before there is a connection.

#include <sys/un.h>

#include <cerrno>
#include <utility>

#include <uv.h>

#include "net/socket_address.h"
#include "net/stream.h"
#include "net/stream_socket.h"

namespace wskit {
namespace {

/// `interface` is an address of this machine, or the name of a device.
int bind_to_interface(uv_tcp_t& tcp, const std::string& interface) {
  sockaddr_storage local = {};
  const bool is_address =
      uv_ip4_addr(interface.c_str(), 0, reinterpret_cast<sockaddr_in*>(&local)) == 0 ||
      uv_ip6_addr(interface.c_str(), 0, reinterpret_cast<sockaddr_in6*>(&local)) == 0;
  uv_os_fd_t descriptor = -1;
  uv_fileno(reinterpret_cast<const uv_handle_t*>(&tcp), &descriptor);
  if (is_address) {
    // The port is chosen by connect(): one is enough for many servers then.
    const int on = 1;
    setsockopt(descriptor, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
    return uv_tcp_bind(&tcp, reinterpret_cast<const sockaddr*>(&local), 0);
  }
  const auto size = static_cast<socklen_t>(interface.size());
  const int status = setsockopt(descriptor, SOL_SOCKET, SO_BINDTODEVICE, interface.c_str(), size);
  return status == 0 ? 0 : uv_translate_sys_error(errno);
}

bool is_of(sa_family_t family, IpVersion version) {
  if (version == IpVersion::any) return true;
  return family == (version == IpVersion::v4 ? AF_INET : AF_INET6);
}

}  // namespace

void Stream::connect() {
  if (!target_->unix_path.empty()) return connect_unix();
  if (target_->proxy != nullptr) return connect_through_proxy();
  if (target_->addresses.empty()) return look_up_and_dial(target_->host, target_->port);
  std::vector<sockaddr_storage> addresses;
  for (const std::string& address : target_->addresses) {
    const auto known = parse_socket_address(join_host_port(address, target_->port)).storage;
    if (is_of(known.ss_family, target_->ip_version)) addresses.push_back(known);
  }
  // As if they had been looked up: what goes wrong is told in a coming turn.
  deferred_.emplace(loop_);
  deferred_->start(std::chrono::milliseconds{0}, [this, addresses = std::move(addresses)] {
    deferred_.reset();
    if (!addresses.empty()) return dial(addresses);
    fail(StreamFailure::name_not_resolved, "no address of the wanted kind");
  });
}

void Stream::connect_through_proxy() {
  const ProxyUrl& proxy = *target_->proxy;
  tunnel_host_ = target_->addresses.empty() ? target_->host : target_->addresses.front();
  if (proxy.kind != ProxyKind::socks5 || !target_->addresses.empty()) {
    return look_up_and_dial(proxy.host, proxy.port);
  }
  resolver_.resolve(target_->host, target_->port, target_->ip_version, [this](ResolvedName found) {
    if (found.addresses.empty()) {
      return fail(StreamFailure::name_not_resolved, std::move(found.problem));
    }
    tunnel_host_ = format_address(found.addresses.front());
    look_up_and_dial(target_->proxy->host, target_->proxy->port);
  });
}

void Stream::look_up_and_dial(const std::string& host, const std::string& port) {
  resolver_.resolve(host, port, target_->ip_version, [this](ResolvedName found) {
    if (!found.addresses.empty()) return dial(std::move(found.addresses));
    fail(target_->proxy != nullptr ? StreamFailure::proxy_not_resolved
                                   : StreamFailure::name_not_resolved,
         std::move(found.problem));
  });
}

void Stream::dial(std::vector<sockaddr_storage> addresses) {
  addresses_ = std::move(addresses);
  if (events_.wants_steps()) {
    std::string names;
    for (const sockaddr_storage& address : addresses_) {
      names += (names.empty() ? "" : ", ") + format_address(address);
    }
    events_.on_step(ConnectStep::name_found, names);
  }
  try_next_address();
}

void Stream::connect_unix() {
  if (target_->unix_path.size() >= sizeof(sockaddr_un::sun_path)) {
    deferred_.emplace(loop_);
    return deferred_->start(std::chrono::milliseconds{0}, [this] {
      fail(StreamFailure::not_connected, uv_strerror(UV_ENAMETOOLONG));
    });
  }
  socket_ = new Socket{this};
  uv_pipe_init(loop_.uv(), &socket_->pipe, 0);
  socket_->handle.data = socket_;
  uv_pipe_connect(&socket_->connecting, &socket_->pipe, target_->unix_path.c_str(),
                  [](uv_connect_t* request, int status) {
                    Socket& socket = Socket::of(request->handle->data);
                    if (socket.owner != nullptr) socket.owner->on_socket_connected(status);
                  });
}

void Stream::try_next_address() {
  int status = 0;
  do {
    if (socket_ != nullptr) std::exchange(socket_, nullptr)->close();
    status = open_socket(addresses_[next_address_++]);
  } while (status != 0 && next_address_ < addresses_.size());
  if (status != 0) fail(StreamFailure::not_connected, uv_strerror(status));
}

int Stream::open_socket(const sockaddr_storage& address) {
  socket_ = new Socket{this};
  // What is to be bound needs a descriptor from the beginning, which there may not be for IPv6.
  const bool is_bound = !target_->interface.empty();
  const int created = is_bound ? uv_tcp_init_ex(loop_.uv(), &socket_->tcp, address.ss_family)
                               : uv_tcp_init(loop_.uv(), &socket_->tcp);
  // A handle that could not be created cannot be closed either.
  if (created != 0) uv_tcp_init(loop_.uv(), &socket_->tcp);
  socket_->handle.data = socket_;
  if (created != 0) return created;
  if (is_bound) {
    const int status = bind_to_interface(socket_->tcp, target_->interface);
    if (status != 0) return status;
  }
  return uv_tcp_connect(&socket_->connecting, &socket_->tcp,
                        reinterpret_cast<const sockaddr*>(&address),
                        [](uv_connect_t* request, int result) {
                          Socket& socket = Socket::of(request->handle->data);
                          if (socket.owner != nullptr) socket.owner->on_socket_connected(result);
                        });
}

}  // namespace wskit
