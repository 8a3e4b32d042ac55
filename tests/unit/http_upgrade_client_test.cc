#include <catch2/catch.hpp>

#include "core/http_upgrade.h"

using namespace wskit;

namespace {

HandshakeResponse sound_response() {
  HandshakeResponse response;
  response.status = 101;
  response.headers = {
      {"upgrade", "WebSocket"}, {"connection", "Upgrade"}, {"sec-websocket-accept", "right"}};
  return response;
}

std::string problem_with(HandshakeResponse response) {
  return check_upgrade_response(response, "right", {"a", "b"});
}

std::string problem_without(std::size_t header) {
  HandshakeResponse response = sound_response();
  response.headers.erase(response.headers.begin() + static_cast<std::ptrdiff_t>(header));
  return problem_with(response);
}

std::string problem_with_also(Header header) {
  HandshakeResponse response = sound_response();
  response.headers.push_back(std::move(header));
  return problem_with(response);
}

}  // namespace

TEST_CASE("RFC 6455 4.1: the request offers what was asked for, and parses on the other side") {
  const UpgradeOffer offer{.host = "h:8080",
                           .target = "/p?q=1",
                           .key = "dGhlIHNhbXBsZSBub25jZQ==",
                           .origin = "https://o",
                           .subprotocols = {"a", "b"},
                           .headers = {{"X-Own", "1"}}};
  const std::string request = build_upgrade_request(offer);
  CHECK(request.starts_with("GET /p?q=1 HTTP/1.1\r\nHost: h:8080\r\n"));

  auto parsed = parse_request_head(request);
  REQUIRE(std::holds_alternative<RequestHead>(parsed));
  auto& head = std::get<RequestHead>(parsed);
  const auto key = check_upgrade(head);
  REQUIRE(std::holds_alternative<std::string>(key));
  CHECK(std::get<std::string>(key) == offer.key);
  CHECK(head.handshake.subprotocols == offer.subprotocols);
  CHECK(head.handshake.header("origin") == "https://o");
  CHECK(head.handshake.header("x-own") == "1");
  CHECK(head.head_bytes == request.size());
}

TEST_CASE("HTTP upgrade: headers given replace those of the same name, whatever the case") {
  UpgradeOffer offer;
  offer.host = "h";
  offer.target = "/";
  offer.headers = {{"hOST", "other"}, {"X", "y"}};
  const std::string request = build_upgrade_request(offer);

  CHECK(request.find("Host: h") == std::string::npos);
  CHECK(request.find("hOST: other\r\n") != std::string::npos);
  CHECK(request.find("Origin") == std::string::npos);
  CHECK(request.find("Sec-WebSocket-Protocol") == std::string::npos);
}

TEST_CASE("HTTP upgrade: an answer is parsed as soon as its head is whole") {
  const std::string bytes = "HTTP/1.1 404 Not Found\r\nX: y\r\n\r\nbody";
  const std::size_t head_bytes = bytes.size() - 4;
  for (std::size_t cut = 0; cut < head_bytes; ++cut) {
    CHECK(std::holds_alternative<NeedMoreBytes>(parse_upgrade_response(bytes.substr(0, cut))));
  }
  const auto parsed = parse_upgrade_response(bytes);
  REQUIRE(std::holds_alternative<UpgradeResponse>(parsed));
  const auto& response = std::get<UpgradeResponse>(parsed);
  CHECK(response.handshake.status == 404);
  CHECK(response.handshake.reason == "Not Found");
  CHECK(response.head_bytes == head_bytes);
}

TEST_CASE("HTTP upgrade: status lines without a reason are sound, malformed ones are not") {
  const auto is_malformed = [](const std::string& line) {
    return std::holds_alternative<MalformedHttp>(parse_upgrade_response(line + "\r\n\r\n"));
  };
  CHECK_FALSE(is_malformed("HTTP/1.1 101"));
  CHECK_FALSE(is_malformed("HTTP/1.1 101 "));
  CHECK_FALSE(is_malformed("HTTP/1.0 200 OK"));
  for (const char* line :
       {"HTTP/1.1", "HTTP/1.1 1", "HTTP/1.1 1x1 X", "HTTP/1.1 -10 X", "HTTP/1.1 099 X",
        "HTTP/1.1 1011", "HTTP/1.1101 X", "HTTP/1.1x101 X", "HTTP/1.1 101X"}) {
    INFO(line);
    CHECK(is_malformed(line));
  }
}

TEST_CASE("HTTP upgrade: another protocol is seen in its first bytes, problems are described") {
  const auto problem = [](const std::string& bytes) {
    const auto parsed = parse_upgrade_response(bytes);
    const auto* malformed = std::get_if<MalformedHttp>(&parsed);
    return malformed == nullptr ? std::string{} : malformed->problem;
  };
  CHECK(problem("S") == "the server does not speak HTTP/1.1");
  CHECK(problem("HTTP/2") == "the server does not speak HTTP/1.1");
  CHECK(problem("HTT").empty());
  CHECK(problem("HTTP/1.1 200 OK\n") == "a line does not end with CR LF");
  CHECK(problem("HTTP/1.1 200 OK\r\nbad\r\n") == "a header line is malformed");
  CHECK(problem("HTTP/1.1 " + std::string(9000, '1')) == "the status line is too long");
  CHECK(problem("HTTP/1.1 200 OK\r\n" + std::string(17000, 'x')) == "the headers are too large");
}

TEST_CASE("RFC 6455 4.1: a 101 answer must upgrade, match the key and select what was offered") {
  CHECK(problem_with(sound_response()).empty());
  CHECK(problem_without(0) == "the answer has no Upgrade: websocket");
  CHECK(problem_without(1) == "the answer has no Connection: Upgrade");
  CHECK(problem_without(2) == "Sec-WebSocket-Accept does not match the key");
  CHECK_FALSE(problem_with_also({"sec-websocket-accept", "right"}).empty());
  CHECK_FALSE(problem_with_also({"sec-websocket-protocol", "c"}).empty());
  CHECK_FALSE(problem_with_also({"sec-websocket-protocol", ""}).empty());

  HandshakeResponse wrong = sound_response();
  wrong.headers[2].value = "wrong";
  CHECK(problem_with(wrong) == "Sec-WebSocket-Accept does not match the key");

  HandshakeResponse selected = sound_response();
  selected.headers.push_back({"sec-websocket-protocol", "b"});
  CHECK(check_upgrade_response(selected, "right", {"a", "b"}).empty());
  CHECK(selected.subprotocol == "b");
}
