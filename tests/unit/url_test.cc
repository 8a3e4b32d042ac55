#include "core/url.h"

#include <catch2/catch.hpp>

using wskit::parse_query, wskit::parse_url, wskit::percent_decode;
using Pairs = std::vector<std::pair<std::string, std::string>>;

TEST_CASE("parse_url: takes every part apart") {
  const auto url = parse_url("REDIS+x://us%40er:p%3Aw@[2001:db8::1]:6380/a%20b/c?d=1&e#frag");

  REQUIRE(url);
  CHECK(url->scheme == "redis+x");
  CHECK(url->user == "us@er");
  CHECK(url->password == "p:w");
  CHECK(url->host == "2001:db8::1");
  CHECK(url->port == "6380");
  CHECK(url->path == "/a%20b/c");
  CHECK(url->query == "d=1&e");
}

TEST_CASE("parse_url: parts that are not there are empty") {
  const auto bare = parse_url("ws://h");
  const auto query = parse_url("ws://h:?x/y");
  const auto no_host = parse_url("redis+unix:///run/a.sock");
  const auto password = parse_url("redis://:secret@h");
  const auto user = parse_url("redis://me@h");

  REQUIRE((bare && query && no_host && password && user));
  CHECK(bare->host == "h");
  CHECK((bare->port + bare->path + bare->query + bare->user + bare->password).empty());
  CHECK(query->port.empty());
  CHECK(query->path.empty());
  CHECK(query->query == "x/y");
  CHECK(no_host->host.empty());
  CHECK(no_host->path == "/run/a.sock");
  CHECK(password->user.empty());
  CHECK(password->password == "secret");
  CHECK(user->user == "me");
  CHECK(user->password.empty());
}

TEST_CASE("parse_url: the last @ ends the user, so that none can be smuggled into the host") {
  const auto url = parse_url("ws://good.example@evil.example@h/");

  REQUIRE(url);
  CHECK(url->host == "h");
  CHECK(url->user == "good.example@evil.example");
}

TEST_CASE("parse_url: malformed URLs give nothing") {
  const std::string text =
      GENERATE("", "h", "//h", "://h", "w s://h", "w_s://h", "ws://h h", "ws://h\t", "ws://h\x7F",
               "ws://h:x", "ws://h:65536", "ws://h:-1", "ws://h:+1", "ws://h:1:2", "ws://[::1",
               "ws://[::1]x", "ws://[::1]:y", "ws://%4@h", "ws://u:%zz@h", "null");
  INFO(text);

  CHECK_FALSE(parse_url(text));
}

TEST_CASE("percent_decode: decodes any byte, and refuses cut and foreign escapes") {
  CHECK(percent_decode("a%20b%2F%e5%BF%83+") == "a b/心+");
  CHECK(percent_decode("%00") == std::string(1, '\0'));
  CHECK(percent_decode("%2525") == "%25");
  for (const char* bad : {"%", "%4", "a%", "%g0", "%0g", "%%20", "% 1"}) {
    CHECK_FALSE(percent_decode(bad));
  }
  // What lies behind the text is not read.
  CHECK_FALSE(percent_decode(std::string_view{"%41"}.substr(0, 2)));
}

TEST_CASE("parse_query: parameters come decoded and in order, '+' is a space") {
  CHECK(parse_query("") == Pairs{});
  CHECK(parse_query("a=1&b=2&a=3") == Pairs{{"a", "1"}, {"b", "2"}, {"a", "3"}});
  CHECK(parse_query("a+b=c+d%2B") == Pairs{{"a b", "c d+"}});
  CHECK(parse_query("&&a&b=&=c&") == Pairs{{"a", ""}, {"b", ""}, {"", "c"}});
  CHECK(parse_query("a=b=c%26d") == Pairs{{"a", "b=c&d"}});
  CHECK_FALSE(parse_query("a=1&b=%2"));
  CHECK_FALSE(parse_query("%zz=1"));
}
