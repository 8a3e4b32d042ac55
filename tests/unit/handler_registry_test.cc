#include <wskit/handler_registry.h>

#include <catch2/catch.hpp>

#include <wskit/error.h>

using namespace wskit;
using Catch::Matchers::Contains;

namespace {

class SilentHandler : public MessageHandler {
 public:
  void on_message(Session&, const MessageView&) override {}
};

}  // namespace

TEST_CASE("HandlerRegistry: finds routes by their exact path") {
  SilentHandler handler;
  HandlerRegistry registry;
  registry.add({.path = "/a", .handler = &handler});
  registry.add({.path = "/a/b", .handler = &handler, .allowed_origins = {"*"}});

  REQUIRE(registry.find("/a/b") != nullptr);
  CHECK(registry.find("/a/b")->path == "/a/b");
  CHECK(registry.find("/a")->path == "/a");
  for (const char* path : {"", "/", "/a/", "/A", "/a/b/c"}) CHECK(registry.find(path) == nullptr);
  CHECK(registry.routes().size() == 2);
}

TEST_CASE("HandlerRegistry: names what is wrong with a route, and leaves it out") {
  SilentHandler handler;
  HandlerRegistry registry;
  registry.add({.path = "/a", .handler = &handler});

  CHECK_THROWS_WITH(registry.add({.path = "b", .handler = &handler}), Contains("'b'"));
  CHECK_THROWS_WITH(registry.add({.path = "", .handler = &handler}), Contains("begin with /"));
  CHECK_THROWS_WITH(registry.add({.path = "/a", .handler = &handler}), Contains("already"));
  CHECK_THROWS_WITH(registry.add({.path = "/c"}), Contains("'/c' has no handler"));
  CHECK_THROWS_WITH(
      registry.add({.path = "/d", .handler = &handler, .allowed_origins = {"https://h", "h/"}}),
      Contains("'h/'"));
  CHECK_THROWS_AS(registry.add({.path = "b"}), Error);
  CHECK(registry.routes().size() == 1);
}

TEST_CASE("HandlerRegistry: takes origins and limits for the paths that it has") {
  SilentHandler handler;
  HandlerRegistry registry, other;
  registry.add({.path = "/a", .handler = &handler});
  registry.add({.path = "/b", .handler = &handler});
  other.add({.path = "/a", .handler = &handler, .allowed_origins = {"https://h"}});
  other.add({.path = "/c", .handler = &handler});

  CHECK_FALSE(registry.take_settings(other));
  CHECK(registry.find("/a")->allowed_origins == std::vector<std::string>{"https://h"});
  CHECK(registry.find("/c") == nullptr);

  HandlerRegistry limited;
  limited.add({.path = "/b", .handler = &handler, .limits = {.max_message_bytes = 7}});
  CHECK(registry.take_settings(limited));
  CHECK(registry.find("/b")->limits.max_message_bytes == 7);
  CHECK(registry.find("/a")->allowed_origins == std::vector<std::string>{"https://h"});
}

TEST_CASE("HandlerRegistry: an event stream is never idle, and gets a sign of life") {
  SilentHandler handler;
  HandlerRegistry registry;
  registry.add({.path = "/ws", .handler = &handler});
  registry.add({.path = "/sse", .handler = &handler, .encoding = Encoding::sse});

  CHECK(registry.find("/ws")->limits.idle_timeout == std::chrono::seconds{60});
  CHECK(registry.find("/ws")->limits.ping_interval == std::chrono::seconds{0});
  CHECK(registry.find("/sse")->limits.idle_timeout == std::chrono::seconds{0});
  CHECK(registry.find("/sse")->limits.ping_interval == std::chrono::seconds{20});
}
