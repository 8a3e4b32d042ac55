#include "websocket_stream.h"

#include <cstdio>

namespace bench {

namespace {

constexpr std::string_view kKey = "d3NraXQgYmVuY2htYXJrIQ==";

/// One line on stderr for the first few, since the counts do not say why.
void explain(std::string_view what, std::string_view detail) {
  static int lines_left = 3;
  if (lines_left-- <= 0) return;
  std::fprintf(stderr, "load: %.*s: %.*s\n", static_cast<int>(what.size()), what.data(),
               static_cast<int>(detail.size()), detail.data());
}

}  // namespace

Handshake::Handshake(const std::string& host, int port, const std::string& subprotocol,
                     const std::vector<std::string>& headers)
    : expected_accept_(accept_for(kKey)) {
  rest_of_request_ = " HTTP/1.1\r\nHost: " + host + ":" + std::to_string(port) +
                     "\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                     "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ";
  rest_of_request_.append(kKey).append("\r\n");
  if (!subprotocol.empty()) {
    rest_of_request_ += "Sec-WebSocket-Protocol: " + subprotocol + "\r\n";
  }
  for (const std::string& header : headers) rest_of_request_ += header + "\r\n";
  rest_of_request_ += "\r\n";
}

std::string Handshake::request_for(std::string_view path) const {
  return "GET " + std::string(path) + rest_of_request_;
}

auto Handshake::judge(std::string_view data, std::size_t& head_bytes) const -> Outcome {
  const std::size_t end = data.find("\r\n\r\n");
  if (end == data.npos) return Outcome::incomplete;
  head_bytes = end + 4;
  const std::string_view head = data.substr(0, head_bytes);
  if (!head.starts_with("HTTP/1.1 101")) {
    explain("the server refused the upgrade", head.substr(0, head.find("\r\n")));
    return Outcome::bad_status;
  }
  const bool matches = header_value(head, "Sec-WebSocket-Accept").starts_with(expected_accept_);
  return matches ? Outcome::accepted : Outcome::bad_accept;
}

bool WebSocketStream::open(const sockaddr_in& address, std::string_view path, int source) {
  if (!dial(address, source)) return false;
  send(handshake_.request_for(path));
  return true;
}

std::size_t WebSocketStream::consume(char* data, std::size_t size, Clock::time_point now) {
  std::size_t used = 0;
  if (!is_upgraded_) {
    used = finish_handshake({data, size}, now);
    if (!is_upgraded_) return used;
  }
  while (is_open()) {
    const FrameHeader header = parse_header(data + used, size - used);
    if (!header.is_whole_within(size - used)) break;
    const std::string_view payload(data + used + header.header_bytes, header.payload_bytes);
    used += header.header_bytes + header.payload_bytes;
    handle_frame(header, payload, now);
  }
  return used;
}

std::size_t WebSocketStream::finish_handshake(std::string_view data, Clock::time_point now) {
  std::size_t head_bytes = 0;
  switch (handshake_.judge(data, head_bytes)) {
    case Handshake::Outcome::incomplete:
      break;
    case Handshake::Outcome::accepted:
      is_upgraded_ = true;
      on_open(now);
      break;
    case Handshake::Outcome::bad_status:
      give_up(Failure::status);
      break;
    case Handshake::Outcome::bad_accept:
      give_up(Failure::accept);
      break;
  }
  return head_bytes;
}

void WebSocketStream::handle_frame(const FrameHeader& header, std::string_view payload,
                                   Clock::time_point now) {
  if (header.is_masked || header.has_reserved_bits) return give_up(Failure::protocol);
  if (header.is_control()) return handle_control(header.opcode, payload);

  const bool is_whole = header.is_final && header.opcode != Opcode::continuation;
  if (is_whole) return on_message(payload, now);
  fragments_.append(payload);
  if (!header.is_final) return;
  on_message(fragments_, now);
  fragments_.clear();
}

void WebSocketStream::handle_control(Opcode opcode, std::string_view payload) {
  if (opcode == Opcode::ping) send(masked_frame(Opcode::pong, payload, kMaskKey));
  if (opcode != Opcode::close) return;

  const auto byte = [payload](std::size_t at) { return static_cast<unsigned char>(payload[at]); };
  const int code = payload.size() < 2 ? 1005 : byte(0) << 8 | byte(1);
  explain("the server closed a session with " + std::to_string(code),
          payload.substr(payload.size() < 2 ? payload.size() : 2));
  send(masked_frame(Opcode::close, payload.substr(0, payload.size() < 2 ? 0 : 2), kMaskKey));
  give_up(Failure::connection);
}

void WebSocketStream::give_up(Failure failure) {
  close();
  on_closed(failure, 0);
}

}  // namespace bench
