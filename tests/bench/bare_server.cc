#include "bare_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <system_error>

namespace bench {

namespace {

constexpr std::size_t kReceiveBytes = 512 * 1024;
constexpr int kAcceptsPerTurn = 64;

void require(bool is_done, const char* what) {
  if (!is_done) throw std::system_error(errno, std::generic_category(), what);
}

void set_option(int socket, int level, int option) {
  const int on = 1;
  require(setsockopt(socket, level, option, &on, sizeof on) == 0, "setsockopt");
}

}  // namespace

BareServer::BareServer(Delivery delivery, std::uint16_t port)
    : delivery_(delivery), buffer_(kReceiveBytes) {
  epoll_ = epoll_create1(EPOLL_CLOEXEC);
  listener_ = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  require(epoll_ >= 0 && listener_ >= 0, "socket");
  set_option(listener_, SOL_SOCKET, SO_REUSEADDR);
  set_option(listener_, IPPROTO_TCP, TCP_NODELAY);  // accepted sockets inherit it

  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  require(bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0, "bind");
  require(::listen(listener_, 4096) == 0, "listen");

  epoll_event event{};
  event.events = EPOLLIN;
  require(epoll_ctl(epoll_, EPOLL_CTL_ADD, listener_, &event) == 0, "epoll_ctl");
}

BareServer::~BareServer() {
  close(listener_);
  close(epoll_);
}

std::uint16_t BareServer::port() const {
  sockaddr_in address{};
  socklen_t size = sizeof address;
  require(getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) == 0, "getsockname");
  return ntohs(address.sin_port);
}

void BareServer::run() {
  std::array<epoll_event, 1024> events;
  for (;;) {
    const int count = epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), -1);
    for (int i = 0; i < count; ++i) {
      const epoll_event& event = events[static_cast<std::size_t>(i)];
      auto* connection = static_cast<Connection*>(event.data.ptr);
      if (connection == nullptr) {
        accept_some();
        continue;
      }
      if ((event.events & EPOLLOUT) != 0 && connection->socket >= 0) send_rest(*connection);
      if ((event.events & ~EPOLLOUT) != 0 && connection->socket >= 0) receive(*connection);
    }
    if (!for_subscribers_.empty()) deliver(for_subscribers_);
    for_subscribers_.clear();
    dropped_.clear();
  }
}

void BareServer::accept_some() {
  for (int i = 0; i < kAcceptsPerTurn; ++i) {
    const int socket = accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (socket < 0) return;
    auto* connection = new Connection;  // drop() takes it over
    connection->socket = socket;
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.ptr = connection;
    epoll_ctl(epoll_, EPOLL_CTL_ADD, socket, &event);
  }
}

void BareServer::receive(Connection& connection) {
  const std::size_t kept = connection.input.size();
  if (buffer_.size() < kept + kReceiveBytes) buffer_.resize(kept + kReceiveBytes);
  if (kept != 0) std::memcpy(buffer_.data(), connection.input.data(), kept);
  const ssize_t received =
      recv(connection.socket, buffer_.data() + kept, kReceiveBytes, MSG_DONTWAIT);
  if (received <= 0) {
    if (received == 0 || errno != EAGAIN) drop(connection);
    return;
  }

  const std::size_t size = kept + static_cast<std::size_t>(received);
  const std::size_t used = consume(connection, buffer_.data(), size);
  if (connection.socket < 0) return;
  if (used < size) {
    connection.input.assign(buffer_.data() + used, size - used);
  } else if (kept != 0) {
    std::string().swap(connection.input);
  }
}

std::size_t BareServer::consume(Connection& connection, char* data, std::size_t size) {
  std::size_t used = 0;
  if (connection.role == Role::handshaking) {
    used = shake_hands(connection, {data, size});
    if (used == 0) return 0;
  }
  return used + consume_frames(connection, data + used, size - used);
}

std::size_t BareServer::shake_hands(Connection& connection, std::string_view data) {
  const std::size_t end = data.find("\r\n\r\n");
  if (end == data.npos) return 0;

  const std::string_view head = data.substr(0, end + 4);
  const std::string_view value = header_value(head, "Sec-WebSocket-Key");
  send(connection,
       "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
       "Sec-WebSocket-Accept: " +
           accept_for(value.substr(0, value.find_last_not_of(' ') + 1)) + "\r\n\r\n");
  if (head.starts_with("GET /sub")) {
    connection.role = Role::subscriber;
    connection.subscriber_index = subscribers_.size();
    subscribers_.push_back(&connection);
  } else {
    connection.role = head.starts_with("GET /pub") ? Role::publisher : Role::echo;
  }
  return end + 4;
}

std::size_t BareServer::consume_frames(Connection& connection, char* data, std::size_t size) {
  std::size_t used = 0;
  for (;;) {
    const FrameHeader header = parse_header(data + used, size - used);
    if (!header.is_whole_within(size - used)) break;
    char* const payload = data + used + header.header_bytes;
    used += header.header_bytes + header.payload_bytes;
    handle_frame(connection, header, payload);
    if (connection.socket < 0) return size;
  }
  if (!for_sender_.empty()) send(connection, for_sender_);
  for_sender_.clear();
  return used;
}

void BareServer::handle_frame(Connection& connection, const FrameHeader& header, char* payload) {
  if (header.is_masked) {
    MaskKey key;
    std::memcpy(key.data(), payload - kMaskBytes, kMaskBytes);
    apply_mask(payload, header.payload_bytes, key);
  }
  if (header.is_control() && header.opcode != Opcode::close) return;

  // The masked header was longer than the one to send, so there is room for it in place.
  const std::size_t header_bytes = header_bytes_for(header.payload_bytes);
  char* const frame = payload - header_bytes;
  write_header(frame, header.opcode, header.payload_bytes);
  relay(connection, {frame, header_bytes + header.payload_bytes});
  if (header.opcode == Opcode::close) drop(connection);
}

void BareServer::relay(Connection& connection, std::string_view frame) {
  const bool is_close = (frame[0] & 15) == static_cast<int>(Opcode::close);
  const bool coalesces = delivery_ == Delivery::coalesce && !is_close;
  if (connection.role == Role::echo || is_close) {
    if (!coalesces) return send(connection, frame);
    for_sender_.append(frame);
  } else if (connection.role == Role::publisher) {
    if (!coalesces) return deliver(frame);
    for_subscribers_.append(frame);
  }
}

void BareServer::deliver(std::string_view frames) {
  for (Connection* subscriber : subscribers_) send(*subscriber, frames);
}

void BareServer::send(Connection& connection, std::string_view bytes) {
  if (!connection.output.empty()) {
    connection.output.append(bytes);
    return;
  }
  const ssize_t sent =
      ::send(connection.socket, bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
  if (sent == static_cast<ssize_t>(bytes.size())) return;
  if (sent < 0 && errno != EAGAIN) return;  // recv() will report it
  connection.output = bytes.substr(sent < 0 ? 0 : static_cast<std::size_t>(sent));
  watch(connection, true);
}

void BareServer::send_rest(Connection& connection) {
  const std::string& output = connection.output;
  const ssize_t sent =
      ::send(connection.socket, output.data(), output.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
  if (sent > 0) connection.output.erase(0, static_cast<std::size_t>(sent));
  if (!output.empty()) return;
  std::string().swap(connection.output);
  watch(connection, false);
}

void BareServer::watch(Connection& connection, bool for_room) {
  if (connection.waits_for_room == for_room) return;
  connection.waits_for_room = for_room;
  epoll_event event{};
  event.events = for_room ? EPOLLIN | EPOLLOUT : EPOLLIN;
  event.data.ptr = &connection;
  epoll_ctl(epoll_, EPOLL_CTL_MOD, connection.socket, &event);
}

void BareServer::drop(Connection& connection) {
  if (connection.role == Role::subscriber) {
    subscribers_[connection.subscriber_index] = subscribers_.back();
    subscribers_[connection.subscriber_index]->subscriber_index = connection.subscriber_index;
    subscribers_.pop_back();
  }
  close(connection.socket);
  connection.socket = -1;
  dropped_.emplace_back(&connection);
}

}  // namespace bench
