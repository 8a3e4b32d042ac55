#include "support/http_peer.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <stdexcept>
#include <utility>

namespace {

constexpr std::string_view kHeadEnd = "\r\n\r\n";

std::size_t request_bytes(const std::string& received) {
  const auto head_end = received.find(kHeadEnd);
  if (head_end == std::string::npos) return std::string::npos;
  return head_end + kHeadEnd.size() + std::stoul("0" + header_of(received, "Content-Length"));
}

}  // namespace

HttpPeer::HttpPeer(Answer answer)
    : answer_{std::move(answer)}, listener_{socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)} {
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof address;
  auto* const generic = reinterpret_cast<sockaddr*>(&address);
  if (bind(listener_, generic, length) != 0 || listen(listener_, 8) != 0 ||
      getsockname(listener_, generic, &length) != 0) {
    throw std::runtime_error{"cannot listen on 127.0.0.1"};
  }
  port_ = std::to_string(ntohs(address.sin_port));
  thread_ = std::thread{[this] { serve(); }};
}

HttpPeer::~HttpPeer() {
  is_ending_ = true;
  shutdown(listener_, SHUT_RDWR);
  if (const int open = connection_; open >= 0) shutdown(open, SHUT_RDWR);
  thread_.join();
  ::close(listener_);
}

std::string HttpPeer::url(const std::string& path) const {
  return "http://127.0.0.1:" + port_ + path;
}

std::vector<std::string> HttpPeer::requests() const {
  const std::lock_guard lock{mutex_};
  return requests_;
}

void HttpPeer::serve() {
  while (true) {
    const int accepted = accept(listener_, nullptr, nullptr);
    if (accepted < 0) return;
    connection_ = accepted;
    ++connection_count_;
    if (!is_ending_) serve_connection(accepted);
    connection_ = -1;
    ::close(accepted);
  }
}

void HttpPeer::serve_connection(int socket) {
  std::string received;
  std::array<char, 16 * 1024> buffer;
  while (true) {
    const std::size_t size = request_bytes(received);
    if (size == std::string::npos || received.size() < size) {
      const ssize_t count = recv(socket, buffer.data(), buffer.size(), 0);
      if (count <= 0) return;
      received.append(buffer.data(), static_cast<std::size_t>(count));
      continue;
    }
    std::string request = received.substr(0, size);
    received.erase(0, size);
    std::size_t index = 0;
    {
      const std::lock_guard lock{mutex_};
      index = requests_.size();
      requests_.push_back(request);
    }
    const std::string answer = answer_(index, request);
    send(socket, answer.data(), answer.size(), MSG_NOSIGNAL);
    if (answer.empty() || index == end_after_) return;
  }
}

std::string body_of(const std::string& request) {
  return request.substr(request.find(kHeadEnd) + kHeadEnd.size());
}

std::string header_of(const std::string& request, const std::string& name) {
  const std::string begin = "\r\n" + name + ": ";
  const auto found = request.find(begin);
  if (found == std::string::npos) return {};
  const auto value = found + begin.size();
  return request.substr(value, request.find("\r\n", value) - value);
}
