#include <wskit/http_client.h>

#include <poll.h>
#include <sys/socket.h>

#include <catch2/catch.hpp>
#include <map>
#include <optional>
#include <string>

#include <wskit/error.h>

#include "support/http_peer.h"
#include "support/loopback_peer.h"

using namespace wskit;
using namespace std::chrono_literals;

namespace {

constexpr const char* kOk = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

/// Posts one request after the other.
struct Poster {
  explicit Poster(std::string url, std::chrono::milliseconds timeout = 10s)
      : client{std::make_unique<HttpClient>(
            loop, HttpClientOptions{.url = std::move(url), .timeout = timeout})} {}

  HttpResult post(std::string body = "{}", std::vector<Header> headers = {}) {
    std::optional<HttpResult> result;
    client->post(std::move(headers), std::move(body), [&](HttpResult got) {
      CHECK_FALSE(result);
      result = std::move(got);
      loop.stop();
    });
    Timer deadline{loop};
    deadline.start(20s, [this] { loop.stop(); });
    loop.run();
    REQUIRE(result);
    return *result;
  }

  Loop loop;
  std::unique_ptr<HttpClient> client;
};

std::string at(const std::string& port) {
  return "http://127.0.0.1:" + port + "/";
}

void send_all(int socket, std::string_view bytes) {
  send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
}

/// A peer that reads some of the request, says `bytes` and ends the connection.
LoopbackPeer::Talk says(std::string bytes) {
  return [bytes = std::move(bytes)](int socket) {
    char first = 0;
    recv(socket, &first, 1, 0);
    send_all(socket, bytes);
    shutdown(socket, SHUT_WR);
    echo(socket);
  };
}

/// A byte every 5 ms, until the peer ends the connection.
void drip(int socket, char byte) {
  pollfd peer{.fd = socket, .events = POLLRDHUP, .revents = 0};
  while (send(socket, &byte, 1, MSG_NOSIGNAL) == 1 && poll(&peer, 1, 5) == 0) {
  }
}

}  // namespace

TEST_CASE("HttpClient: a request says what it must, and the answer comes back") {
  HttpPeer peer{[](std::size_t, const std::string&) {
    return "HTTP/1.1 503 Busy\r\nRetry-After: 7\r\nContent-Length: 4\r\n\r\nbusy";
  }};
  Poster poster{peer.url("/a%20b?c=d")};

  const HttpResult result = poster.post("body", {{"X-Test", "1"}});

  CHECK(result.status == 503);
  CHECK(result.body == "busy");
  CHECK(result.retry_after == 7s);
  CHECK(result.problem.empty());
  REQUIRE(peer.requests().size() == 1);
  const std::string request = peer.requests()[0];
  CHECK(request.starts_with("POST /a%20b?c=d HTTP/1.1\r\nHost: 127.0.0.1:"));
  CHECK(header_of(request, "X-Test") == "1");
  CHECK(header_of(request, "Authorization").empty());
  CHECK(body_of(request) == "body");
}

TEST_CASE("HttpClient: a request of another kind goes to its own target") {
  HttpPeer peer{[](std::size_t, const std::string&) { return kOk; }};
  Poster poster{peer.url("/hook")};

  poster.client->send({.method = "DELETE", .target = "/other?a=%20b", .headers = {{"X-Test", "1"}}},
                      [&](const HttpResult&) { poster.loop.stop(); });
  poster.loop.run();

  REQUIRE(peer.requests().size() == 1);
  const std::string request = peer.requests()[0];
  CHECK(request.starts_with("DELETE /other?a=%20b HTTP/1.1\r\n"));
  CHECK(header_of(request, "X-Test") == "1");
  CHECK(header_of(request, "Content-Length").empty());
}

TEST_CASE("HttpClient: the connection is used again") {
  HttpPeer peer{[](std::size_t, const std::string&) { return kOk; }};
  Poster poster{peer.url()};

  for (int i = 0; i < 3; ++i) CHECK(poster.post(std::to_string(i)).status == 200);

  CHECK(peer.connection_count() == 1);
  CHECK(body_of(peer.requests()[2]) == "2");
}

TEST_CASE("HttpClient: a connection that its server has ended is replaced without a word") {
  HttpPeer peer{[](std::size_t, const std::string&) { return kOk; }};
  peer.end_after(0);
  Poster poster{peer.url()};

  CHECK(poster.post("0").status == 200);
  CHECK(poster.post("1").status == 200);

  CHECK(peer.connection_count() == 2);
}

TEST_CASE("HttpClient: a kept connection that ends under a request has it sent once more") {
  // The second request gets no answer, the third is the second again.
  HttpPeer peer{
      [](std::size_t index, const std::string&) { return index == 1 ? std::string{} : kOk; }};
  Poster poster{peer.url()};

  CHECK(poster.post("0").status == 200);
  CHECK(poster.post("1").status == 200);

  REQUIRE(peer.requests().size() == 3);
  CHECK(body_of(peer.requests()[1]) == "1");
  CHECK(body_of(peer.requests()[2]) == "1");
}

TEST_CASE("HttpClient: a new connection that ends without an answer is a problem") {
  HttpPeer peer{[](std::size_t, const std::string&) { return std::string{}; }};
  Poster poster{peer.url()};

  const HttpResult result = poster.post();

  CHECK(result.status == 0);
  CHECK(result.problem.find("ended the connection") != std::string::npos);
  CHECK(peer.requests().size() == 1);
}

TEST_CASE("HttpClient: a redirect is an answer") {
  HttpPeer peer{[](std::size_t, const std::string&) {
    return "HTTP/1.1 307 Elsewhere\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n";
  }};
  Poster poster{peer.url()};

  CHECK(poster.post().status == 307);
  CHECK(peer.requests().size() == 1);
}

TEST_CASE("HttpClient: credentials go into a header and nowhere else") {
  HttpPeer peer{[](std::size_t, const std::string&) { return kOk; }};
  std::string url = peer.url();
  url.insert(url.find("127"), "user:s3cret@");
  Poster poster{url};
  const RefusingPort nobody;
  Poster failing{"http://user:s3cret@127.0.0.1:" + nobody.port() + "/"};

  CHECK(poster.post().status == 200);
  const HttpResult failed = failing.post();

  CHECK(header_of(peer.requests()[0], "Authorization") == "Basic dXNlcjpzM2NyZXQ=");
  CHECK(failed.status == 0);
  CHECK(failed.problem.find("cannot connect to 127.0.0.1:") == 0);
  CHECK(failed.problem.find("s3cret") == std::string::npos);
}

TEST_CASE("HttpClient: requests at the same time are answered each") {
  HttpPeer peer{[](std::size_t, const std::string& request) {
    return "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 1\r\n\r\n" + body_of(request);
  }};
  Poster poster{peer.url()};
  std::map<std::string, std::string> answers;
  for (const std::string body : {"a", "b"}) {
    poster.client->post({}, body, [&, body](const HttpResult& result) {
      answers[body] = result.body;
      if (answers.size() == 2) poster.loop.stop();
    });
  }

  poster.loop.run();

  CHECK(answers == std::map<std::string, std::string>{{"a", "a"}, {"b", "b"}});
  CHECK(peer.connection_count() == 2);
}

TEST_CASE("HttpClient: a large body arrives whole") {
  HttpPeer peer{[](std::size_t, const std::string&) { return kOk; }};
  Poster poster{peer.url()};
  const std::string body(8 * 1024 * 1024, 'x');

  CHECK(poster.post(body).status == 200);
  CHECK(body_of(peer.requests()[0]) == body);
}

TEST_CASE("HttpClient: hostile servers are a problem, once") {
  const std::string head = "HTTP/1.1 200 OK\r\n";
  const std::vector<std::pair<std::string, std::string>> cases{
      {"SSH-2.0-OpenSSH_9.2\r\n", "does not speak HTTP"},
      {std::string(100'000, '\0'), "does not speak HTTP"},
      {head + "A: " + std::string(200'000, 'x'), "too large"},
      {head + "Content-Length: 100\r\n\r\nshort", "before the end"},
      {head + "Transfer-Encoding: chunked\r\n\r\nzz\r\n", "chunk"},
      {head, "before the end"},
      {"", "ended the connection"},
  };
  for (const auto& [bytes, expected] : cases) {
    CAPTURE(bytes.substr(0, 60));
    LoopbackPeer peer{says(bytes)};
    Poster poster{at(peer.port())};

    const HttpResult result = poster.post();

    CHECK(result.status == 0);
    CHECK_THAT(result.problem, Catch::Contains(expected));
  }
}

TEST_CASE("HttpClient: an endless body is cut, and its status counts") {
  LoopbackPeer peer{says("HTTP/1.1 202 OK\r\n\r\n" + std::string(1024 * 1024, 'x'))};
  Poster poster{at(peer.port())};

  const HttpResult result = poster.post();

  CHECK(result.status == 202);
  CHECK(result.body.size() == 64 * 1024);
}

TEST_CASE("HttpClient: who never answers, or drips, is given up in time") {
  const LoopbackPeer silent{echo};
  const LoopbackPeer dripping{[](int socket) { drip(socket, 'H'); }};
  const LoopbackPeer dripping_body{[](int socket) {
    send_all(socket, "HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n");
    drip(socket, 'x');
  }};
  Poster unanswered{at(dripping_body.port()), 100ms};

  const HttpResult result = unanswered.post();

  CHECK(result.status == 0);
  CHECK(result.problem == "no answer from 127.0.0.1:" + dripping_body.port() + " within 0.1 s");
  CHECK(Poster{at(dripping.port()), 100ms}.post().status == 0);
  CHECK(Poster{at(silent.port()), 100ms}.post().status == 0);
}

TEST_CASE("HttpClient: destroying it drops requests without a call, also inside a callback") {
  HttpPeer peer{[](std::size_t, const std::string&) { return kOk; }};
  Poster poster{peer.url()};
  int call_count = 0;
  for (int i = 0; i < 2; ++i) {
    poster.client->post({}, "body", [&](const HttpResult&) {
      ++call_count;
      poster.client.reset();
      poster.loop.stop();
    });
  }

  poster.loop.run();
  poster.loop.post([&] { poster.loop.stop(); });
  poster.loop.run();

  CHECK(call_count == 1);
  CHECK(poster.client == nullptr);
}

TEST_CASE("HttpClient: a URL of another scheme, without a host or with a missing CA is refused") {
  for (const char* url : {"", "h:1", "ws://h/", "ftp://h/", "http:///x", "https://", "http://h:x/",
                          "http://h/ x", "ws+unix:/a:/b", "http://%zz@h/"}) {
    CAPTURE(url);
    CHECK_THROWS_AS(check_http_client_options({.url = url}), Error);
  }
  CHECK_THROWS_AS(check_http_client_options({.url = "https://h/", .ca_file = "/nonexistent"}),
                  Error);
  CHECK_NOTHROW(check_http_client_options({.url = "https://[::1]:8443/hook?a=b"}));
  CHECK(http_url_has_credentials("http://u@h/"));
  CHECK(http_url_has_credentials("http://:p@h/"));
  CHECK_FALSE(http_url_has_credentials("http://h/u:p@"));
}
