#include "core/client_route.h"

#include <wskit/error.h>
#include <catch2/catch.hpp>

using namespace wskit;
using Addresses = std::vector<std::string>;

namespace {

ClientRoute route_of(const char* url, ClientRouteOptions options) {
  return ClientRoutes{options}.find(*parse_client_url(url));
}

}  // namespace

TEST_CASE("ClientRoutes: known addresses belong to one host and port") {
  const ClientRouteOptions options{.resolve = {"h.test:80:192.0.2.1,[2001:db8::1]"}};

  CHECK(route_of("ws://H.TEST/", options).addresses == Addresses{"192.0.2.1", "2001:db8::1"});
  CHECK(route_of("ws://h.test:81/", options).addresses.empty());
  CHECK(route_of("ws://x.test/", options).addresses.empty());
  CHECK(route_of("ws://x/", {.resolve = {"*:80:192.0.2.1"}}).addresses == Addresses{"192.0.2.1"});
}

TEST_CASE("ClientRoutes: detours change host and port, and empty parts stand for any or the same") {
  const auto where = [](const char* url, const char* detour) {
    const ClientRoute route = route_of(url, {.connect_to = {detour}});
    return route.host + " " + route.port;
  };

  CHECK(where("ws://a/", "a:80:b:81") == "b 81");
  CHECK(where("ws://a/", "::b:") == "b 80");
  CHECK(where("ws://a/", "a::[::1]:1") == "::1 1");
  CHECK(where("ws://a/", "b:80:c:81") == "a 80");
  CHECK(
      route_of("ws://a/", {.resolve = {"b:81:192.0.2.1"}, .connect_to = {"a:80:b:81"}}).addresses ==
      Addresses{"192.0.2.1"});
}

TEST_CASE("ClientRoutes: malformed entries are named") {
  for (const char* entry : {"", "h", "h:80", "h:80:", "h:80:name", "h::192.0.2.1", ":80:192.0.2.1",
                            "[::1:80:192.0.2.1"}) {
    INFO(entry);
    CHECK_THROWS_AS(ClientRoutes{ClientRouteOptions{.resolve = {entry}}}, Error);
  }
  for (const char* entry : {"", "a:80:b", "a:x:b:80", "a:80:b:x"}) {
    INFO(entry);
    CHECK_THROWS_AS(ClientRoutes{ClientRouteOptions{.connect_to = {entry}}}, Error);
  }
}
