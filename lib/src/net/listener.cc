#include "net/listener.h"

#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <wskit/error.h>

#include "net/socket_address.h"

namespace wskit {
namespace {

constexpr std::string_view kUnixPrefix = "unix:";
constexpr int kBacklog = 4096;

/// Bytes that the kernel keeps unsent before a socket counts as full: what waits longer belongs
/// in the session's queue, where the limits see it.
constexpr int kMaxUnsentBytes = 128 * 1024;

[[noreturn]] void fail(const std::string& address) {
  throw Error("cannot listen on " + address + ": " + std::strerror(errno));
}

void set_option(int descriptor, int level, int option, int value) {
  setsockopt(descriptor, level, option, &value, sizeof value);
}

/// Whether a server still answers on that unix socket.
bool is_in_use(const sockaddr_un& address) {
  const int probe = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const bool answers =
      connect(probe, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  close(probe);
  return answers;
}

}  // namespace

bool is_unix_address(const std::string& address) {
  return address.starts_with(kUnixPrefix);
}

Listener::Listener(const std::string& address, Options options) : address_{address} {
  if (is_unix_address(address)) {
    bind_unix(address.substr(kUnixPrefix.size()), options);
  } else {
    bind_inet(options);
  }
  if (listen(descriptor_, kBacklog) != 0) {
    const int error = errno;
    close(descriptor_);
    errno = error;
    fail(address_);
  }
}

Listener::~Listener() {
  close(descriptor_);
  if (!unix_path_.empty()) unlink(unix_path_.c_str());
}

void Listener::stop() {
  shutdown(descriptor_, SHUT_RDWR);
}

void Listener::bind_unix(const std::string& path, const Options& options) {
  sockaddr_un address = {};
  address.sun_family = AF_UNIX;
  if (path.empty() || path.size() >= sizeof address.sun_path) {
    throw Error("address '" + address_ + "': the path is empty or too long");
  }
  std::memcpy(address.sun_path, path.data(), path.size());
  if (is_in_use(address)) {
    errno = EADDRINUSE;
    fail(address_);
  }
  struct stat status = {};
  if (lstat(path.c_str(), &status) == 0 && S_ISSOCK(status.st_mode)) unlink(path.c_str());

  descriptor_ = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  // The mask, not a later chmod: the file must never be open to others, not for a moment.
  const mode_t mask = umask(options.is_owner_only ? 0177 : 0111);
  const int bound = bind(descriptor_, reinterpret_cast<const sockaddr*>(&address), sizeof address);
  const int error = errno;
  umask(mask);
  if (bound != 0) {
    close(descriptor_);
    errno = error;
    fail(address_);
  }
  unix_path_ = path;
}

void Listener::bind_inet(const Options& options) {
  const SocketAddress address = parse_socket_address(address_);
  descriptor_ = socket(address.storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (descriptor_ < 0) fail(address_);
  set_option(descriptor_, SOL_SOCKET, SO_REUSEADDR, 1);
  if (options.is_shared) set_option(descriptor_, SOL_SOCKET, SO_REUSEPORT, 1);
  // Accepted sockets inherit these.
  set_option(descriptor_, IPPROTO_TCP, TCP_NODELAY, 1);
  set_option(descriptor_, IPPROTO_TCP, TCP_NOTSENT_LOWAT, kMaxUnsentBytes);
  if (bind(descriptor_, address.get(), address.size) != 0) {
    const int error = errno;
    close(descriptor_);
    errno = error;
    fail(address_);
  }
  sockaddr_storage bound = {};
  socklen_t size = sizeof bound;
  getsockname(descriptor_, reinterpret_cast<sockaddr*>(&bound), &size);
  address_ = format_socket_address(bound);
}

}  // namespace wskit
