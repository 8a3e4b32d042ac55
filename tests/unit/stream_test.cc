#include "net/stream.h"

#include <sys/socket.h>

#include <catch2/catch.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "support/loopback_peer.h"

using namespace wskit;

namespace {

/// Runs one stream until its end, or until a deadline.
struct Dialler : StreamEvents {
  explicit Dialler(StreamTarget target)
      : stream{std::make_unique<Stream>(loop, std::move(target), *this)}, deadline{loop} {
    deadline.start(std::chrono::seconds{20}, [this] {
      is_late = true;
      loop.stop();
    });
  }

  void run() {
    stream->connect();
    loop.run();
    CHECK_FALSE(is_late);
  }

  void on_connected() override {
    if (connected) connected();
  }
  void on_data(std::span<char> bytes) override {
    received.append(bytes.data(), bytes.size());
    if (data) data();
  }
  void on_drain() override { ++drain_count; }
  void on_closed(const StreamError& error) override {
    closed = error;
    loop.stop();
  }

  Loop loop;
  std::unique_ptr<Stream> stream;
  Timer deadline;
  std::function<void()> connected;
  std::function<void()> data;
  std::string received;
  std::optional<StreamError> closed;
  int drain_count = 0;
  bool is_late = false;
};

StreamTarget loopback(const std::string& port) {
  return {.host = "127.0.0.1", .port = port};
}

}  // namespace

TEST_CASE("Stream: bytes go there and back, and the peer's end is told") {
  LoopbackPeer peer{echo};
  Dialler dialler{loopback(peer.port())};
  dialler.connected = [&] { CHECK(dialler.stream->write("hello")); };
  dialler.data = [&] {
    if (dialler.received == "hello") dialler.stream->shut_down();
  };

  dialler.run();

  CHECK(dialler.received == "hello");
  REQUIRE(dialler.closed);
  CHECK(dialler.closed->failure == StreamFailure::ended);
}

TEST_CASE("Stream: what the kernel does not take is queued, kept in order, and drained") {
  std::string sent(16 * 1024 * 1024, '\0');
  for (std::size_t i = 0; i < sent.size(); ++i) sent[i] = static_cast<char>(i * 31 >> 7);
  LoopbackPeer peer{echo};
  Dialler dialler{loopback(peer.port())};
  dialler.connected = [&] {
    CHECK_FALSE(dialler.stream->write(sent));
    CHECK(dialler.stream->queued_bytes() > 0);
    CHECK_FALSE(dialler.stream->write("tail"));
  };
  dialler.data = [&] {
    if (dialler.received.size() == sent.size() + 4) dialler.stream->shut_down();
  };

  dialler.run();

  CHECK(dialler.received == sent + "tail");
  CHECK(dialler.drain_count == 1);
}

TEST_CASE("Stream: shutting down sends what is queued first") {
  const std::string sent(16 * 1024 * 1024, 'x');
  LoopbackPeer peer{echo};
  Dialler dialler{loopback(peer.port())};
  dialler.connected = [&] {
    CHECK_FALSE(dialler.stream->write(sent));
    dialler.stream->shut_down();
  };

  dialler.run();

  CHECK(dialler.received.size() == sent.size());
}

TEST_CASE("Stream: what the peer said before it reset the connection is still read") {
  LoopbackPeer peer{[](int socket) {
    // Before that, a reset would make it a connection that never was.
    char first = 0;
    recv(socket, &first, 1, 0);
    send(socket, "bye", 3, MSG_NOSIGNAL);
    const linger reset{1, 0};
    setsockopt(socket, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
  }};
  Dialler dialler{loopback(peer.port())};
  dialler.connected = [&] { dialler.stream->write(std::string(8 * 1024 * 1024, 'x')); };

  dialler.run();

  REQUIRE(dialler.closed);
  CHECK(dialler.closed->failure != StreamFailure::not_connected);
  CHECK(dialler.received == "bye");
}

TEST_CASE("Stream: a refused connection names the address and the reason") {
  const RefusingPort nobody;
  Dialler dialler{loopback(nobody.port())};

  dialler.run();

  REQUIRE(dialler.closed);
  CHECK(dialler.closed->failure == StreamFailure::not_connected);
  CHECK(dialler.closed->message ==
        "cannot connect to 127.0.0.1:" + nobody.port() + ": connection refused");
}

TEST_CASE("Stream: a name that cannot be resolved is told in a coming turn") {
  Dialler dialler{{.host = std::string(300, 'a'), .port = "80"}};
  dialler.stream->connect();
  CHECK_FALSE(dialler.closed);

  dialler.loop.run();

  REQUIRE(dialler.closed);
  CHECK(dialler.closed->failure == StreamFailure::name_not_resolved);
}

TEST_CASE("Stream: an absent unix socket and an over-long path are not connected") {
  const std::string path = GENERATE(std::string{"/nonexistent/socket"}, std::string(200, 'p'));
  Dialler dialler{{.unix_path = path}};

  dialler.run();

  REQUIRE(dialler.closed);
  CHECK(dialler.closed->failure == StreamFailure::not_connected);
}

TEST_CASE("Stream: it may be destroyed in any of its callbacks, and nothing follows") {
  const std::string where = GENERATE("connected", "data", "at once");
  LoopbackPeer peer{echo};
  Dialler dialler{loopback(peer.port())};
  const auto destroy = [&] {
    dialler.stream.reset();
    dialler.loop.stop();
  };
  dialler.connected = [&] {
    dialler.stream->write("x");
    if (where == "connected") destroy();
  };
  dialler.data = destroy;

  dialler.stream->connect();
  if (where == "at once") destroy();
  dialler.loop.run();

  CHECK_FALSE(dialler.closed);
}
