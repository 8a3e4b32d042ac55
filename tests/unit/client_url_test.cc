#include "core/client_url.h"

#include <catch2/catch.hpp>

using wskit::parse_client_url;

TEST_CASE("client URL: host, port, Host header and target come from the URL") {
  struct Row {
    const char* text;
    bool is_tls;
    const char* host;
    const char* port;
    const char* host_header;
    const char* target;
  };
  const Row row =
      GENERATE(Row{"ws://a.example", false, "a.example", "80", "a.example", "/"},
               Row{"wss://a.example/x?y=1", true, "a.example", "443", "a.example", "/x?y=1"},
               Row{"https://a.example:443/", true, "a.example", "443", "a.example", "/"},
               Row{"http://a.example:443/", false, "a.example", "443", "a.example:443", "/"},
               Row{"ws://[::1]:9001?z", false, "::1", "9001", "[::1]:9001", "/?z"},
               Row{"localhost:8080/p", false, "localhost", "8080", "localhost:8080", "/p"},
               Row{"localhost", false, "localhost", "80", "localhost", "/"});
  INFO(row.text);

  const auto url = parse_client_url(row.text);

  REQUIRE(url);
  CHECK(url->is_tls == row.is_tls);
  CHECK(url->host == row.host);
  CHECK(url->port == row.port);
  CHECK(url->host_header == row.host_header);
  CHECK(url->target == row.target);
  CHECK(url->unix_path.empty());
}

TEST_CASE("client URL: a unix socket's path ends at the colon before the request path") {
  const auto bare = parse_client_url("ws+unix:/run/a.sock");
  const auto full = parse_client_url("ws+unix:/run/a.sock:/chat?room=1");
  const auto slashes = parse_client_url("ws+unix:///run/a.sock:/chat");

  REQUIRE((bare && full && slashes));
  CHECK(bare->unix_path == "/run/a.sock");
  CHECK(bare->target == "/");
  CHECK(full->unix_path == "/run/a.sock");
  CHECK(full->target == "/chat?room=1");
  CHECK(full->host_header == "localhost");
  CHECK(slashes->unix_path == "/run/a.sock");
}

TEST_CASE("client URL: user and password become Basic authorization, decoded") {
  const auto url = parse_client_url("ws://Aladdin:open%20sesame@h/");

  REQUIRE(url);
  CHECK(url->authorization == "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
  CHECK(url->host == "h");
}

TEST_CASE("client URL: what is malformed or of another scheme gives nothing") {
  const char* const text =
      GENERATE("", "ws://", "ftp://h/", "ws://h:port/", "ws://h:70000/", "ws://h/a b",
               "ws://h/\r\nX: y", "ws+unix:relative", "ws+unix:/s:chat", "ws://u:%zz@h/");
  INFO(text);

  CHECK_FALSE(parse_client_url(text));
}
