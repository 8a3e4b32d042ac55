// A client without any feature: connects, reads frames, and writes each payload with a line end.
// It is what wsc is measured against by tests/bench/receive.

#include <arpa/inet.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>

namespace {

constexpr std::size_t kReadBytes = 64 * 1024;

[[noreturn]] void fail(const char* what) {
  std::perror(what);
  std::exit(1);
}

int connect_to(std::uint16_t port) {
  const int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(descriptor, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
    fail("connect");
  }
  return descriptor;
}

/// Takes whole frames off the front of `bytes`; false after a Close frame.
bool take_frames(std::string& bytes) {
  std::size_t at = 0;
  while (bytes.size() - at >= 2) {
    const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(bytes[at + i]); };
    std::size_t size = byte(1) & 0x7F;
    std::size_t header = 2;
    if (size >= 126) {
      const std::size_t extra = size == 126 ? 2 : 8;
      if (bytes.size() - at < 2 + extra) break;
      size = 0;
      for (std::size_t i = 0; i < extra; ++i) size = size << 8 | byte(2 + i);
      header += extra;
    }
    if (bytes.size() - at < header + size) break;
    if ((byte(0) & 0x0F) == 8) return false;
    std::fwrite(bytes.data() + at + header, 1, size, stdout);
    std::fputc('\n', stdout);
    at += header + size;
  }
  bytes.erase(0, at);
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  const int descriptor = connect_to(static_cast<std::uint16_t>(std::atoi(argv[1])));
  constexpr std::string_view kRequest =
      "GET / HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n";
  if (write(descriptor, kRequest.data(), kRequest.size()) < 0) fail("write");
  const int poll = epoll_create1(EPOLL_CLOEXEC);
  epoll_event event = {.events = EPOLLIN, .data = {}};
  epoll_ctl(poll, EPOLL_CTL_ADD, descriptor, &event);

  std::string bytes;
  std::string piece(kReadBytes, '\0');
  bool is_open = false;
  while (epoll_wait(poll, &event, 1, -1) == 1) {
    const ssize_t count = read(descriptor, piece.data(), piece.size());
    if (count <= 0) break;
    bytes.append(piece, 0, static_cast<std::size_t>(count));
    if (!is_open) {
      const auto end = bytes.find("\r\n\r\n");
      if (end == std::string::npos) continue;
      bytes.erase(0, end + 4);
      is_open = true;
    }
    if (!take_frames(bytes)) break;
    std::fflush(stdout);
  }
  return 0;
}
