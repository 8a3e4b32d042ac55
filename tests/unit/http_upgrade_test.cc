#include "core/http_upgrade.h"

#include <catch2/catch.hpp>

#include "crypto/websocket_accept.h"

using namespace wskit;
using Strings = std::vector<std::string>;
using Pairs = std::vector<std::pair<std::string, std::string>>;

namespace {

const std::string kHost = "Host: h\r\n";
const std::string kUpgrade = "Upgrade: websocket\r\nConnection: keep-alive, Upgrade\r\n";
const std::string kKey = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
const std::string kVersion = "Sec-WebSocket-Version: 13\r\n";
const std::string kSound = kHost + kUpgrade + kKey + kVersion;

std::string get(const std::string& headers, const std::string& target = "/") {
  return "GET " + target + " HTTP/1.1\r\n" + headers + "\r\n";
}

/// The status of the answer, 101 for a sound handshake, 0 if more bytes are needed.
int status_of(const std::string& bytes) {
  auto parsed = parse_request_head(bytes);
  if (const auto* answer = std::get_if<HttpAnswer>(&parsed)) return answer->status;
  auto* head = std::get_if<RequestHead>(&parsed);
  if (head == nullptr) return 0;
  const auto checked = check_upgrade(*head);
  const auto* answer = std::get_if<HttpAnswer>(&checked);
  return answer == nullptr ? 101 : answer->status;
}

RequestHead head_of(const std::string& bytes) {
  auto parsed = parse_request_head(bytes);
  REQUIRE(std::holds_alternative<RequestHead>(parsed));
  return std::get<RequestHead>(std::move(parsed));
}

}  // namespace

TEST_CASE("RFC 6455 1.3: the example key gives the example's accept value") {
  CHECK(websocket_accept("dGhlIHNhbXBsZSBub25jZQ==") == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
}

TEST_CASE("RFC 6455 4.2.1: a sound handshake gives its key, subprotocols and what follows") {
  const std::string bytes =
      get(kSound + "Sec-WebSocket-Protocol: a, b\r\nSec-WebSocket-Protocol: c\r\n",
          "/chat%20room?token=x%26y&token=z&e") +
      "\x81";
  RequestHead head = head_of(bytes);
  const auto key = check_upgrade(head);

  REQUIRE(std::holds_alternative<std::string>(key));
  CHECK(std::get<std::string>(key) == "dGhlIHNhbXBsZSBub25jZQ==");
  CHECK(head.handshake.subprotocols == Strings{"a", "b", "c"});
  CHECK(head.handshake.path == "/chat room");
  CHECK(head.handshake.query == Pairs{{"token", "x&y"}, {"token", "z"}, {"e", ""}});
  CHECK(head.handshake.parameter("token") == "x&y");
  CHECK(head.handshake.header("host") == "h");
  CHECK(bytes.substr(head.head_bytes) == "\x81");
}

TEST_CASE("HTTP upgrade: every cut of a request needs more") {
  const std::string bytes = get(kSound);
  for (std::size_t cut = 0; cut < bytes.size(); ++cut) CHECK(status_of(bytes.substr(0, cut)) == 0);
  CHECK(status_of(bytes) == 101);
}

TEST_CASE("HTTP upgrade: a malformed request line is 400") {
  const std::string line =
      GENERATE("", "GET", "GET /", "GET  HTTP/1.1", "GET / HTTP/1.0", "GET / HTTP/2.0",
               "GET / http/1.1", "GET / HTTP/1.1 ", " GET / HTTP/1.1", "GET /a b HTTP/1.1",
               "GET /\x7F HTTP/1.1", "GET /é HTTP/1.1", "GET /#x HTTP/1.1", "GET x HTTP/1.1",
               "GET /%4 HTTP/1.1", "GET /%zz HTTP/1.1", "GET /?a=%4 HTTP/1.1", "G@T / HTTP/1.1",
               "GET ftp://h/ HTTP/1.1", "GET\t/ HTTP/1.1", "GET * HTTP/1.1");
  INFO(line);

  CHECK(status_of(line + "\r\n" + kSound + "\r\n") == 400);
}

TEST_CASE("HTTP upgrade: bare line feeds and folded lines are 400") {
  CHECK(status_of("GET / HTTP/1.1\n" + kSound + "\r\n") == 400);
  CHECK(status_of("GET / HTTP/1.1\r\nHost: h\n") == 400);
  CHECK(status_of(get(kSound + "X: a\r\n b\r\n")) == 400);
  CHECK(status_of(get(kSound + "X : a\r\n")) == 400);
}

TEST_CASE("HTTP upgrade: exactly one sound Host is required") {
  CHECK(status_of(get(kUpgrade + kKey + kVersion)) == 400);
  CHECK(status_of(get(kSound + kHost)) == 400);
  for (const char* host : {"", "a b", "a/b", "user@h"}) {
    CHECK(status_of(get("Host: " + std::string(host) + "\r\n" + kUpgrade + kKey + kVersion)) ==
          400);
  }
  CHECK(status_of(get("Host: [::1]:80\r\n" + kUpgrade + kKey + kVersion)) == 101);
}

TEST_CASE("HTTP upgrade: other methods are 405, other versions 426, both say what is allowed") {
  RequestHead post = head_of("POST / HTTP/1.1\r\n" + kSound + "\r\n");
  RequestHead old = head_of(get(kHost + kUpgrade + kKey + "Sec-WebSocket-Version: 8\r\n"));
  const auto post_answer = std::get<HttpAnswer>(check_upgrade(post));
  const auto old_answer = std::get<HttpAnswer>(check_upgrade(old));

  CHECK(post_answer.status == 405);
  CHECK(build_http_answer(post_answer).find("\r\nAllow: GET\r\n") != std::string::npos);
  CHECK(old_answer.status == 426);
  CHECK(build_http_answer(old_answer).find("\r\nSec-WebSocket-Version: 13\r\n") !=
        std::string::npos);
  CHECK(status_of(get(kHost + kUpgrade + kKey)) == 426);
  CHECK(status_of(get(kSound + kVersion)) == 426);
  CHECK(status_of(get(kHost)) == 426);
}

TEST_CASE("RFC 6455 4.2.1: what a handshake may not lack or say is 400") {
  const auto with_key = [](const std::string& key) {
    return status_of(get(kHost + kUpgrade + kVersion + "Sec-WebSocket-Key: " + key + "\r\n"));
  };
  CHECK(status_of(get(kHost + kUpgrade + kVersion)) == 400);
  CHECK(status_of(get(kSound + kKey)) == 400);
  CHECK(with_key("") == 400);
  CHECK(with_key("dGhlIHNhbXBsZSBub25jZQ=") == 400);
  CHECK(with_key("dGhlIHNhbXBsZSBub25jZWE=") == 400);      // 17 bytes
  CHECK(with_key("dGhlIHNhbXBsZSBub25jZWEhIQ==") == 400);  // 19 bytes
  CHECK(with_key("dGhlIHNhbXBsZSBub25jZ===") == 400);
  CHECK(with_key("dGhlIHNhbXBsZSBub25j_Q==") == 400);
  CHECK(status_of(get(kHost + "Upgrade: websocket\r\n" + kKey + kVersion)) == 400);
  CHECK(status_of(get(kHost + "Connection: upgrade\r\n" + kKey + kVersion)) == 426);
  CHECK(status_of(get(kSound + "Content-Length: 1\r\n")) == 400);
  CHECK(status_of(get(kSound + "Content-Length: 0\r\n")) == 101);
  CHECK(status_of(get(kSound + "Transfer-Encoding: chunked\r\n")) == 400);
  CHECK(status_of(get(kSound + "Sec-WebSocket-Protocol: a, a\r\n")) == 400);
  CHECK(status_of(get(kSound + "Sec-WebSocket-Protocol: a b\r\n")) == 400);
}

TEST_CASE("HTTP upgrade: a request line over 8 KiB is 414, headers over 16 KiB or 100 lines 431") {
  const std::size_t around = std::string{"GET / HTTP/1.1"}.size();
  const auto with_line_of = [&](std::size_t size) {
    return status_of(get(kSound, "/" + std::string(size - around, 'x')));
  };
  const auto with_lines = [](int count) {
    std::string headers = kSound;  // five lines
    for (int i = 5; i < count; ++i) headers += "X: y\r\n";
    return status_of(get(headers));
  };
  CHECK(with_line_of(8 * 1024) == 101);
  CHECK(with_line_of(8 * 1024 + 1) == 414);
  CHECK(status_of(std::string(8 * 1024 + 1, 'x')) == 414);

  const std::size_t rest = 16 * 1024 - kSound.size() - std::string{"X: \r\n\r\n"}.size();
  CHECK(status_of(get(kSound + "X: " + std::string(rest, 'x') + "\r\n")) == 101);
  CHECK(status_of(get(kSound + "X: " + std::string(rest + 1, 'x') + "\r\n")) == 431);
  CHECK(with_lines(100) == 101);
  CHECK(with_lines(101) == 431);
}

TEST_CASE("RFC 9112 3.2.2: of an absolute form the path and query count") {
  struct Row {
    const char* target;
    const char* path;
    Pairs query;
  };
  const Row row =
      GENERATE(Row{"http://other/a?x=1", "/a", {{"x", "1"}}}, Row{"wss://other:1/a/b", "/a/b", {}},
               Row{"ws://other", "/", {}}, Row{"HTTPS://other/c", "/c", {}},
               Row{"http://other?x=/y", "/", {{"x", "/y"}}});
  INFO(row.target);

  const RequestHead head = head_of(get(kSound, row.target));

  CHECK(head.handshake.path == row.path);
  CHECK(head.handshake.query == row.query);
}

TEST_CASE("RFC 6455 4.2.2: the answer carries accept value, subprotocol and headers") {
  CHECK(build_upgrade_response("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", "", {}) ==
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n");
  CHECK(
      build_upgrade_response("a", "chat", {{"X-Y", "z"}})
          .ends_with("Sec-WebSocket-Accept: a\r\nSec-WebSocket-Protocol: chat\r\nX-Y: z\r\n\r\n"));
}

TEST_CASE("HTTP upgrade: a refusal says its length and that the connection ends") {
  const std::string answer =
      build_http_answer({.status = 401, .result = "x", .headers = {{"A", "b"}}, .body = "no\n"});

  CHECK(answer.starts_with("HTTP/1.1 401 Unauthorized\r\nA: b\r\n"));
  CHECK(answer.find("\r\nContent-Length: 3\r\n") != std::string::npos);
  CHECK(answer.find("\r\nConnection: close\r\n") != std::string::npos);
  CHECK(answer.ends_with("\r\n\r\nno\n"));
  CHECK(reason_phrase(299) == "Status");
}
