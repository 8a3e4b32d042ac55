#include "core/proxy_handshake.h"

#include <catch2/catch.hpp>

using namespace wskit;
using namespace std::string_literals;
using Progress = ProxyHandshake::Progress;

namespace {

std::unique_ptr<ProxyHandshake> handshake(const char* proxy, const char* host = "h.test") {
  return make_proxy_handshake(*parse_proxy_url(proxy), host, "443");
}

/// Feeds byte by byte, as a slow network may.
Progress feed_slowly(ProxyHandshake& handshake, std::string_view bytes) {
  Progress progress = Progress::needs_more;
  for (std::size_t i = 0; i < bytes.size() && progress == Progress::needs_more; ++i) {
    progress = handshake.feed(bytes.substr(i, 1));
  }
  return progress;
}

}  // namespace

TEST_CASE("parse_proxy_url: kinds, ports and credentials") {
  CHECK(parse_proxy_url("proxy:3128")->port == "3128");
  CHECK(parse_proxy_url("http://p")->port == "80");
  CHECK(parse_proxy_url("https://p/")->kind == ProxyKind::https);
  CHECK(parse_proxy_url("socks5://a%40b:c@[::1]")->user == "a@b");
  CHECK(parse_proxy_url("socks5h://p")->port == "1080");
  for (const char* text :
       {"", "http://", "ftp://p", "http://p/path", "http://p?x", "socks5://p:x"}) {
    CHECK_FALSE(parse_proxy_url(text));
  }
}

TEST_CASE("RFC 9110 9.3.6: CONNECT is answered, and what follows is the connection's") {
  const auto connect = handshake("http://me:pw@p", "2001:db8::1");

  CHECK(connect->take_output() ==
        "CONNECT [2001:db8::1]:443 HTTP/1.1\r\nHost: [2001:db8::1]:443\r\n"
        "Proxy-Authorization: Basic bWU6cHc=\r\n\r\n");
  CHECK(connect->take_output().empty());
  CHECK(feed_slowly(*connect, "HTTP/1.1 200 OK\r\n\r") == Progress::needs_more);
  CHECK(connect->feed("\nrest") == Progress::done);
  CHECK(connect->rest() == "rest");
}

TEST_CASE("RFC 9110 9.3.6: a refusal says why") {
  const auto connect = handshake("http://p");

  CHECK(connect->feed("HTTP/1.1 407 Who?\r\n\r\n") == Progress::failed);
  CHECK(connect->problem() == "the proxy refused: 407 Who?");
}

TEST_CASE("RFC 1928: a name is asked for, and the answer's address is skipped") {
  const auto socks = handshake("socks5h://p");

  CHECK(socks->take_output() == "\x05\x01\x00"s);
  CHECK(feed_slowly(*socks, "\x05\x00"s) == Progress::needs_more);
  CHECK(socks->take_output() == "\x05\x01\x00\x03\x06h.test\x01\xbb"s);
  CHECK(feed_slowly(*socks, "\x05\x00\x00\x03\x02xy\x00\x50"s) == Progress::done);
  CHECK(socks->rest().empty());
}

TEST_CASE("RFC 1928: addresses of both families are asked for as such") {
  const auto request = [](const char* host) {
    const auto socks = handshake("socks5://p", host);
    static_cast<void>(socks->take_output());
    CHECK(socks->feed("\x05\x00"s) == Progress::needs_more);
    return socks->take_output().substr(3);
  };

  CHECK(request("192.0.2.1") == "\x01\xc0\x00\x02\x01\x01\xbb"s);
  CHECK(request("::1") == "\x04"s + std::string(15, '\0') + "\x01\x01\xbb"s);
}

TEST_CASE("RFC 1929: user and password are shown when the proxy asks") {
  const auto socks = handshake("socks5://me:pw@p");

  CHECK(socks->take_output() == "\x05\x02\x00\x02"s);
  CHECK(socks->feed("\x05\x02"s) == Progress::needs_more);
  CHECK(socks->take_output() == "\x01\x02me\x02pw"s);
  CHECK(socks->feed("\x01\x01"s) == Progress::failed);
  CHECK(socks->problem() == "the proxy refused the user or password");
}

TEST_CASE("RFC 1928: refusals and nonsense end it") {
  const auto problem = [](const std::string& bytes) {
    const auto socks = handshake("socks5://p");
    CHECK(socks->feed(bytes) == Progress::failed);
    return socks->problem();
  };

  CHECK(problem("HT") == "the proxy does not speak SOCKS 5");
  CHECK(problem("\x05\xff"s) == "the proxy wants another authentication");
  CHECK(problem("\x05\x00\x05\x05\x00\x01\x00"s) == "the proxy refused: connection refused");
  CHECK(problem("\x05\x00\x05\x63\x00\x01\x00"s) == "the proxy refused: for a reason of its own");
}
