#include <catch2/catch.hpp>

#include <wskit/channel.h>
#include <wskit/error.h>

#include "core/control_message.h"
#include "session_name.h"

using namespace wskit;

TEST_CASE("a disconnect comes back from its text") {
  const auto disconnect = GENERATE(Disconnect{.session = "node-1a2b-0000000000000001"},
                                   Disconnect{.user = "alice with spaces"});
  CHECK(parse_control_text(control_text(disconnect)) == disconnect);
}

TEST_CASE("other texts are no control message") {
  const std::string text =
      GENERATE("", "disconnect", "disconnect user ", "disconnect user a\nb", "disconnect session ",
               "disconnect everyone", "Disconnect user alice");
  CHECK_FALSE(parse_control_text(text));
}

TEST_CASE("no client can name the nodes' channel, and brokers carry it") {
  CHECK_FALSE(is_deliverable(kControlChannel));
  CHECK(is_carried(kControlChannel));
  CHECK(is_carried("news"));
  CHECK_FALSE(is_carried("!other"));
}

TEST_CASE("the names of a node's sessions have the order of their ids") {
  const SessionId low{9};
  const SessionId high{std::uint64_t{1} << 48};
  CHECK(session_name("n", low) < session_name("n", high));
  CHECK(parse_session_name("n", session_name("n", high)) == high);
  CHECK_FALSE(parse_session_name("m", session_name("n", high)));
  CHECK_FALSE(parse_session_name("n", "n-1"));
  CHECK_FALSE(parse_session_name("n", "n-000000000000000G"));
  CHECK_FALSE(parse_session_name("n", "n-00000000000000AB"));
}

TEST_CASE("a node's name cannot break a record or a key") {
  CHECK_NOTHROW(check_node_name(""));
  CHECK_NOTHROW(check_node_name("web-1.example_org"));
  const std::string name = GENERATE(as<std::string>{}, "a b", "a\nb", "\xc3\xa9", "a:b", std::string(65, 'a'));
  CHECK_THROWS_AS(check_node_name(name), Error);
}

TEST_CASE("each server has a name of its own") {
  CHECK(make_node_name("web") != make_node_name("web"));
  CHECK(make_node_name("web").starts_with("web-"));
  CHECK(make_node_name("web").size() == std::string("web-12345678").size());
}
