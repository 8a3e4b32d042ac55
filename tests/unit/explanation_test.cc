#include "explanation.h"

#include <catch2/catch.hpp>

#include "exit_code.h"

using namespace wskit;

namespace {

Explanation explain_refusal(std::string body) {
  ConnectError error;
  error.failure = ConnectFailure::upgrade_refused;
  error.response.status = 401;
  error.response.reason = "Unauthorized";
  error.response.body = std::move(body);
  return explain(error);
}

}  // namespace

TEST_CASE("explain: a refusal says status, reason and what the server wrote") {
  CHECK(explain_refusal("token missing\n").text == "refused: 401 Unauthorized: token missing");
  CHECK(explain_refusal(" \n").text == "refused: 401 Unauthorized");
  CHECK(explain_refusal("").exit_code == kExitRefused);
}

TEST_CASE("explain: a long or hostile body is cut and escaped") {
  const std::string text = explain_refusal(std::string(5000, 'x') + "\n").text;

  CHECK(text.ends_with("\n[...]"));
  CHECK(text.size() < 2200);
  CHECK(explain_refusal("\x1b[2J").text == "refused: 401 Unauthorized: \\x1b[2J");
}

TEST_CASE("explain: close codes say whether it was an error") {
  CHECK(explain(CloseStatus{1000, ""}).exit_code == kExitOk);
  CHECK(explain(CloseStatus{1005, ""}).exit_code == kExitOk);
  CHECK(explain(CloseStatus{1006, ""}).exit_code == kExitLost);
  CHECK(explain(CloseStatus{4408, "idle"}).exit_code == kExitClosedWithError);
  CHECK(explain(CloseStatus{4408, "idle"}).text == "closed by the server: 4408 idle");
}

TEST_CASE("explain: a refusal's details have its headers without cookies, and a likely cause") {
  ConnectError error;
  error.failure = ConnectFailure::upgrade_refused;
  error.response.status = 401;
  error.response.headers = {{"server", "x"}, {"set-cookie", "sid=secret"}};

  const std::string details = explain(error).details;

  CHECK(details.find("  server: x\n") != std::string::npos);
  CHECK(details.find("secret") == std::string::npos);
  CHECK(details.find("Likely: the server wants credentials") != std::string::npos);
}

TEST_CASE("explain: each kind of failure has the exit code of curl where curl has one") {
  const auto code = [](ConnectFailure failure) {
    return explain(ConnectError{.failure = failure, .message = "x"}).exit_code;
  };

  CHECK(code(ConnectFailure::bad_url) == 3);
  CHECK(code(ConnectFailure::proxy_not_resolved) == 5);
  CHECK(code(ConnectFailure::name_not_resolved) == 6);
  CHECK(code(ConnectFailure::not_connected) == 7);
  CHECK(code(ConnectFailure::proxy_refused) == 7);
  CHECK(code(ConnectFailure::upgrade_refused) == 22);
  CHECK(code(ConnectFailure::timed_out) == 28);
  CHECK(code(ConnectFailure::tls_failed) == 35);
  CHECK(code(ConnectFailure::lost) == 56);
  CHECK(code(ConnectFailure::own_certificate) == 58);
  CHECK(code(ConnectFailure::certificate_rejected) == 60);
}
