#include "core/client_url.h"

#include <catch2/catch.hpp>

using wskit::parse_client_url;
using wskit::resolve_location;

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

TEST_CASE("client URL: a URL in the query is none of ours") {
  const auto url = parse_client_url("h/login?next=http://x/");

  REQUIRE(url);
  CHECK(url->host == "h");
  CHECK(url->target == "/login?next=http://x/");
}

TEST_CASE("Location: a reference is resolved as RFC 3986 section 5.4 says") {
  struct Row {
    const char* location;
    const char* target;
  };
  const auto row = GENERATE(
      Row{"g", "/b/c/g"}, Row{"./g", "/b/c/g"}, Row{"g/", "/b/c/g/"}, Row{"/g", "/g"},
      Row{"?y", "/b/c/d?y"}, Row{"g?y", "/b/c/g?y"}, Row{"", "/b/c/d?q"}, Row{"#s", "/b/c/d?q"},
      Row{"g?u=http://x", "/b/c/g?u=http://x"}, Row{".", "/b/c/"}, Row{"..", "/b/"},
      Row{"../g", "/b/g"}, Row{"../..", "/"}, Row{"../../../g", "/g"}, Row{"/./g/../h", "/h"});
  INFO(row.location);
  const auto base = parse_client_url("ws://a:81/b/c/d?q");

  const auto found = resolve_location(*base, row.location);

  REQUIRE(std::holds_alternative<wskit::ClientUrl>(found));
  CHECK(std::get<wskit::ClientUrl>(found).target == row.target);
  CHECK(std::get<wskit::ClientUrl>(found).host_header == "a:81");
}

TEST_CASE("Location: a reference leads to the same unix socket, a URL does not") {
  const auto base = parse_client_url("ws+unix:/run/a.sock:/x");

  const auto near = resolve_location(*base, "/y");
  const auto far = resolve_location(*base, "ws://localhost/y");

  CHECK(std::get<wskit::ClientUrl>(near).unix_path == "/run/a.sock");
  CHECK(std::get<wskit::ClientUrl>(far).unix_path.empty());
}

TEST_CASE("Location: no server may send a client to a local socket, or out of TLS") {
  const auto base = parse_client_url("wss://a/");
  const char* const location =
      GENERATE("ws+unix:/run/a.sock", "ws+unix:///run/a.sock", "WS+UNIX:/run/a.sock", "ws://b/",
               "http://a/", "ftp://b/", "mailto:me", "//", "ws:b");
  INFO(location);

  CHECK(std::holds_alternative<std::string>(resolve_location(*base, location)));
}
