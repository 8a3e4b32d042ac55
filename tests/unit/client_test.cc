#include <wskit/client.h>
#include <wskit/error.h>

#include <sys/socket.h>

#include <catch2/catch.hpp>
#include <future>
#include <optional>
#include <string>
#include <vector>

#include "core/frame.h"
#include "crypto/websocket_accept.h"
#include "support/loopback_peer.h"

using namespace wskit;

namespace {

/// Keeps what it is told, and ends the loop with on_stopped().
struct Keeper : ClientHandler {
  explicit Keeper(ClientOptions options) : client{loop, std::move(options), *this} {}

  void run() {
    client.start();
    loop.run();
  }

  void on_open(const HandshakeResponse&) override { events.push_back("open"); }
  void on_read() override { ++read_count; }
  void on_pong(std::chrono::microseconds) override { events.push_back("pong"); }
  void on_message(const MessageView& message) override {
    events.push_back("message " + std::string(message.payload));
  }
  void on_close(const CloseStatus& status) override {
    events.push_back("close " + std::to_string(status.code));
  }
  void on_connect_error(const ConnectError& error) override {
    events.push_back("error");
    failure = error.failure;
    if (closes_on_error) client.close();
  }
  void on_retry(std::chrono::milliseconds) override { events.push_back("retry"); }
  void on_stopped() override {
    events.push_back("stopped");
    loop.stop();
  }

  Loop loop;
  Client client;
  std::vector<std::string> events;
  std::optional<ConnectFailure> failure;
  int read_count = 0;
  bool closes_on_error = false;
};

void say(int socket, const std::string& bytes) {
  send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
}

std::string read_head(int socket) {
  std::string head;
  char byte;
  while (!head.ends_with("\r\n\r\n") && recv(socket, &byte, 1, 0) == 1) head.push_back(byte);
  return head;
}

std::string answer_to(const std::string& request) {
  const std::string name = "Sec-WebSocket-Key: ";
  const auto begin = request.find(name) + name.size();
  return "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
         "Sec-WebSocket-Accept: " +
         websocket_accept(request.substr(begin, 24)) + "\r\n\r\n";
}

ClientOptions options_for(const std::string& port) {
  ClientOptions options;
  options.url = "ws://127.0.0.1:" + port + "/";
  options.reconnect.first_delay = std::chrono::milliseconds{1};
  return options;
}

std::string frame(FrameOpcode opcode, const std::string& payload) {
  std::string bytes;
  append_frame(bytes, {.opcode = opcode}, payload);
  return bytes;
}

using Events = std::vector<std::string>;

}  // namespace

TEST_CASE("Client: a message that comes with the answer is delivered, and the close echoed") {
  std::promise<std::string> replied;
  LoopbackPeer peer{[&replied](int socket) {
    const std::string request = read_head(socket);
    say(socket, answer_to(request) + frame(FrameOpcode::text, "hi") +
                    frame(FrameOpcode::close, close_payload({4408, "idle"})));
    std::string reply(12, '\0');
    reply.resize(static_cast<std::size_t>(recv(socket, reply.data(), 12, MSG_WAITALL)));
    replied.set_value(reply);
  }};
  Keeper keeper{options_for(peer.port())};

  keeper.run();

  CHECK(keeper.events == Events{"open", "message hi", "close 4408", "stopped"});
  const std::string reply = replied.get_future().get();
  const auto header = decode_frame_header(reply, Role::client).header;
  CHECK(header.opcode == FrameOpcode::close);
  CHECK(header.payload_bytes == 6);
}

TEST_CASE("Client: a server that breaks the protocol is not tried again") {
  LoopbackPeer peer{[](int socket) {
    std::string masked;
    append_frame(masked, {.mask = {1, 2, 3, 4}, .is_masked = true}, "x");
    say(socket, answer_to(read_head(socket)) + masked);
    echo(socket);
  }};
  ClientOptions options = options_for(peer.port());
  options.reconnect.is_enabled = true;
  Keeper keeper{options};

  keeper.run();

  CHECK(keeper.events == Events{"open", "close 1006", "stopped"});
}

TEST_CASE("Client: messages that came in one read are told as such") {
  LoopbackPeer peer{[](int socket) {
    say(socket, answer_to(read_head(socket)) + frame(FrameOpcode::text, "one") +
                    frame(FrameOpcode::text, "two") + frame(FrameOpcode::close, ""));
    read_head(socket);
  }};
  Keeper keeper{options_for(peer.port())};

  keeper.run();

  CHECK(keeper.events == Events{"open", "message one", "message two", "close 1005", "stopped"});
  CHECK(keeper.read_count == 1);
}

TEST_CASE("RFC 6455 5.5.3: a Pong stands for all Pings before its own") {
  LoopbackPeer peer{[](int socket) {
    say(socket, answer_to(read_head(socket)));
    std::vector<std::string> pings;
    for (int i = 0; i < 3; ++i) {
      std::string ping(14, '\0');
      recv(socket, ping.data(), ping.size(), MSG_WAITALL);
      for (std::size_t at = 6; at < 14; ++at) ping[at] ^= ping[2 + (at - 6) % 4];
      pings.push_back(frame(FrameOpcode::pong, ping.substr(6)));
    }
    say(socket, pings[1] + pings[0] + pings[2] + frame(FrameOpcode::close, ""));
    read_head(socket);
  }};
  struct Pinger : Keeper {
    using Keeper::Keeper;
    void on_open(const HandshakeResponse&) override {
      for (int i = 0; i < 3; ++i) client.ping();
    }
  };
  Pinger pinger{options_for(peer.port())};

  pinger.run();

  CHECK(pinger.events == Events{"pong", "pong", "close 1005", "stopped"});
}

TEST_CASE("Client: a peer that does not answer pings is dead") {
  LoopbackPeer peer{[](int socket) {
    say(socket, answer_to(read_head(socket)));
    std::string ignored(4096, '\0');
    while (recv(socket, ignored.data(), ignored.size(), 0) > 0) {
    }
  }};
  ClientOptions options = options_for(peer.port());
  options.ping_interval = std::chrono::milliseconds{5};
  options.pong_timeout = std::chrono::milliseconds{20};
  Keeper keeper{options};

  keeper.run();

  CHECK(keeper.events == Events{"open", "close 1006", "stopped"});
}

TEST_CASE("Client: a silent server is given up after the connect timeout") {
  LoopbackPeer peer{[](int socket) {
    read_head(socket);
    read_head(socket);
  }};
  ClientOptions options = options_for(peer.port());
  options.connect_timeout = std::chrono::milliseconds{50};
  Keeper keeper{options};

  keeper.run();

  CHECK(keeper.failure == ConnectFailure::timed_out);
  CHECK(keeper.events == Events{"error", "stopped"});
}

TEST_CASE("Client: closing while it would retry stops it once") {
  const RefusingPort nobody;
  ClientOptions options = options_for(nobody.port());
  options.reconnect.is_enabled = true;
  Keeper keeper{options};
  keeper.closes_on_error = true;

  keeper.run();

  CHECK(keeper.events == Events{"error", "stopped"});
}

TEST_CASE("Client: a malformed URL is told, a malformed header thrown") {
  ClientOptions options;
  options.url = "gopher://h/";
  Keeper keeper{options};
  options.headers = {{"X", "a\r\nB: c"}};

  keeper.run();

  CHECK(keeper.failure == ConnectFailure::bad_url);
  CHECK_THROWS_AS(Keeper{options}, Error);
}
