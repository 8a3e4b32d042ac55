#include "core/http_body.h"

#include <catch2/catch.hpp>

using namespace wskit;

TEST_CASE("HTTP body: Content-Length says where it ends") {
  const std::vector<Header> headers{{"content-length", "5"}};

  CHECK_FALSE(read_http_body(headers, "hel", 100).is_complete);
  const HttpBody body = read_http_body(headers, "hello, and more", 100);

  CHECK(body.is_complete);
  CHECK(body.text == "hello");
}

TEST_CASE("HTTP body: without a length only the end tells, but the limit cuts") {
  CHECK_FALSE(read_http_body({}, "hello", 100).is_complete);
  CHECK(read_http_body({}, "hello", 4).is_complete);
  CHECK(read_http_body({}, "hello", 4).text == "hell");
  CHECK(read_http_body({{"content-length", "1e9"}}, "hello", 100).text == "hello");
}

TEST_CASE("HTTP body: chunks are joined, and cut ones waited for") {
  const std::vector<Header> headers{{"transfer-encoding", "chunked"}};

  CHECK(read_http_body(headers, "5\r\nhello\r\n1;x=y\r\n!\r\n0\r\n\r\n", 100).text == "hello!");
  CHECK(read_http_body(headers, "5\r\nhello\r\n0\r\n\r\n", 100).is_complete);
  CHECK(read_http_body(headers, "5\r\nhel", 100).text == "hel");
  CHECK_FALSE(read_http_body(headers, "5\r\nhel", 100).is_complete);
  CHECK(read_http_body(headers, "zz\r\nhel", 100).is_complete);
  CHECK(read_http_body(headers, "ffffffffffffffff\r\nhel", 100).text == "hel");
}
