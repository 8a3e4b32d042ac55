#include "stream.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <system_error>

#include "options.h"

namespace bench {

namespace {

constexpr std::size_t kReceiveBytes = 256 * 1024;

[[noreturn]] void fail(const char* what) {
  throw std::system_error(errno, std::generic_category(), what);
}

/// Leaves the port to connect(), so that one address serves many connections.
void bind_source(int socket, int source) {
  const int on = 1;
  setsockopt(socket, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK + static_cast<std::uint32_t>(source));
  if (bind(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) fail("bind");
}

}  // namespace

sockaddr_in address_of(const std::string& host, int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  if (inet_pton(AF_INET, host.c_str(), &address.sin_addr) != 1) {
    throw UsageError("a numeric IPv4 address is needed, not '" + host + "'");
  }
  return address;
}

Poller::Poller() : epoll_(epoll_create1(EPOLL_CLOEXEC)), buffer_(kReceiveBytes) {
  if (epoll_ < 0) fail("epoll_create1");
}

Poller::~Poller() {
  ::close(epoll_);
}

void Poller::poll(std::chrono::nanoseconds longest) {
  std::array<epoll_event, 1024> events;
  const auto wait = std::max<std::int64_t>(longest.count(), 0);
  const timespec timeout{wait / 1'000'000'000, wait % 1'000'000'000};
  const int count =
      epoll_pwait2(epoll_, events.data(), static_cast<int>(events.size()), &timeout, nullptr);
  for (int i = 0; i < count; ++i) {
    // Streams lie all over the memory: fetch the one after next while this one is read.
    if (i + 2 < count) __builtin_prefetch(events[static_cast<std::size_t>(i) + 2].data.ptr);
    const epoll_event& event = events[static_cast<std::size_t>(i)];
    auto& stream = *static_cast<Stream*>(event.data.ptr);
    if ((event.events & EPOLLOUT) != 0 && stream.is_open()) stream.send_rest();
    if ((event.events & ~EPOLLOUT) != 0 && stream.is_open()) stream.receive();
  }
}

void Poller::poll_until(Clock::time_point deadline) {
  for (auto now = Clock::now(); now < deadline; now = Clock::now()) poll(deadline - now);
}

void Poller::add(Stream& stream) {
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.ptr = &stream;
  if (epoll_ctl(epoll_, EPOLL_CTL_ADD, stream.socket_, &event) != 0) fail("epoll_ctl");
}

void Poller::watch(Stream& stream, bool for_room) {
  if (stream.waits_for_room_ == for_room) return;
  stream.waits_for_room_ = for_room;
  epoll_event event{};
  event.events = for_room ? EPOLLIN | EPOLLOUT : EPOLLIN;
  event.data.ptr = &stream;
  epoll_ctl(epoll_, EPOLL_CTL_MOD, stream.socket_, &event);
}

char* Poller::buffer(std::size_t size) {
  if (buffer_.size() < size) buffer_.resize(size);
  return buffer_.data();
}

Stream::~Stream() {
  close();
}

bool Stream::dial(const sockaddr_in& address, int source) {
  socket_ = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (socket_ < 0) fail("socket");
  const int on = 1;
  setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (source >= 0) bind_source(socket_, source);
  const auto* target = reinterpret_cast<const sockaddr*>(&address);
  if (connect(socket_, target, sizeof address) != 0 && errno != EINPROGRESS) {
    const int error = errno;
    close();
    errno = error;
    return false;
  }
  poller_.add(*this);
  return true;
}

void Stream::send(std::string_view bytes) {
  if (!is_open()) return;
  if (!output_.empty()) {
    output_.append(bytes);
    return;
  }
  const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
  if (sent == static_cast<ssize_t>(bytes.size())) return;
  if (sent < 0 && errno == ECONNREFUSED) return lose(errno);
  const bool is_connecting = errno == ENOTCONN || errno == EINPROGRESS;
  if (sent < 0 && errno != EAGAIN && !is_connecting) return;  // recv() has what the peer said last
  output_ = bytes.substr(sent < 0 ? 0 : static_cast<std::size_t>(sent));
  poller_.watch(*this, true);
}

void Stream::close() {
  if (is_open()) ::close(socket_);
  socket_ = -1;
  waits_for_room_ = false;
  input_.clear();
  output_.clear();
}

void Stream::receive() {
  const std::size_t kept = input_.size();
  char* const buffer = poller_.buffer(kept + kReceiveBytes);
  if (kept != 0) std::memcpy(buffer, input_.data(), kept);
  const ssize_t received = recv(socket_, buffer + kept, kReceiveBytes, MSG_DONTWAIT);
  ++poller_.receive_count_;
  if (received <= 0) {
    if (received < 0 && (errno == EAGAIN || errno == EINTR)) return;
    return lose(received < 0 ? errno : 0);
  }

  const std::size_t size = kept + static_cast<std::size_t>(received);
  const std::size_t used = consume(buffer, size, Clock::now());
  if (!is_open()) return;
  if (used < size) {
    input_.assign(buffer + used, size - used);
  } else if (kept != 0) {
    input_.clear();
  }
  after_batch();
}

void Stream::send_rest() {
  const ssize_t sent = ::send(socket_, output_.data(), output_.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
  if (sent < 0) return;  // recv() will report what is wrong
  output_.erase(0, static_cast<std::size_t>(sent));
  if (output_.empty()) poller_.watch(*this, false);
}

void Stream::lose(int error) {
  close();
  on_lost(error);
}

}  // namespace bench
