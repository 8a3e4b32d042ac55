#include <wskit/interceptors.h>

#include <catch2/catch.hpp>

using namespace wskit;

namespace {

HandshakeVerdict verdict_for(TokenInterceptor& interceptor, HandshakeRequest request) {
  std::vector<HandshakeVerdict> verdicts;
  interceptor.before_handshake(
      request, [&](HandshakeVerdict verdict) { verdicts.push_back(std::move(verdict)); });
  REQUIRE(verdicts.size() == 1);
  return verdicts.front();
}

HandshakeVerdict verdict_for_token(const std::string& token) {
  TokenInterceptor interceptor;
  HandshakeRequest request;
  request.query = {{"x", "y"}, {"token", token}};
  return verdict_for(interceptor, request);
}

}  // namespace

TEST_CASE("TokenInterceptor: the token becomes the user") {
  const HandshakeVerdict verdict = verdict_for_token("ann");

  CHECK(verdict.is_accepted());
  CHECK(verdict.user == "ann");
  CHECK(verdict.result == "ok");
}

TEST_CASE("TokenInterceptor: missing and malformed tokens get the same 401, the log a reason") {
  const HandshakeVerdict missing = verdict_for_token("");
  const HandshakeVerdict malformed = verdict_for_token("a\nb");
  const HandshakeVerdict long_one = verdict_for_token(std::string(129, 'x'));

  for (const HandshakeVerdict& verdict : {missing, malformed, long_one}) {
    CHECK_FALSE(verdict.is_accepted());
    CHECK(verdict.status == 401);
    CHECK(verdict.body == missing.body);
    CHECK(verdict.user.empty());
    REQUIRE(verdict.headers.size() == 1);
    CHECK(verdict.headers[0].name == "WWW-Authenticate");
    CHECK(verdict.headers[0].value == "Bearer");
  }
  CHECK(missing.result == "token_missing");
  CHECK(malformed.result == "token_malformed");
}

TEST_CASE("TokenInterceptor: reads the parameter it was told, its first value") {
  TokenInterceptor interceptor{"key"};
  HandshakeRequest request;
  request.query = {{"token", "no"}, {"key", "first"}, {"key", "second"}};

  CHECK(verdict_for(interceptor, request).user == "first");
  CHECK(verdict_for(interceptor, {}).result == "token_missing");
}

TEST_CASE("HandshakeRequest: gives the first header and parameter of a name, or none") {
  HandshakeRequest request;
  request.headers = {{"a", "1"}, {"a", "2"}};
  request.query = {{"empty", ""}, {"b", "3"}};

  CHECK(request.header("a") == "1");
  CHECK_FALSE(request.header("b"));
  CHECK(request.parameter("empty") == "");
  CHECK_FALSE(request.parameter("a"));
}
