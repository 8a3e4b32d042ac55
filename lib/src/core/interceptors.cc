#include <wskit/interceptors.h>

#include <algorithm>

#include <wskit/broker.h>
#include <wskit/message_handler.h>

#include "core/http_head.h"

namespace wskit {

std::optional<std::string_view> HandshakeRequest::header(std::string_view name) const {
  return find_header(headers, name);
}

std::optional<std::string_view> HandshakeRequest::parameter(std::string_view name) const {
  const auto found = std::ranges::find(query, name, &std::pair<std::string, std::string>::first);
  if (found == query.end()) return std::nullopt;
  return found->second;
}

HandshakeVerdict HandshakeVerdict::accept_as(std::string user) {
  HandshakeVerdict verdict;
  verdict.user = std::move(user);
  return verdict;
}

HandshakeVerdict HandshakeVerdict::refuse(int status, std::string result, std::string body) {
  HandshakeVerdict verdict;
  verdict.status = status;
  verdict.result = std::move(result);
  verdict.body = std::move(body);
  return verdict;
}

void HandshakeInterceptor::after_handshake(const HandshakeRequest&, const HandshakeVerdict&) {}
void MessageHandler::on_open(Session&) {}
void MessageHandler::on_drain(Session&) {}
void MessageHandler::on_close(Session&, const CloseStatus&) {}

void TokenInterceptor::before_handshake(const HandshakeRequest& request, HandshakeDecision decide) {
  const std::string_view token = request.parameter(parameter_).value_or("");
  if (is_user_name(token)) {
    decide(HandshakeVerdict::accept_as(std::string(token)));
    return;
  }
  // One body for both: a peer learns nothing from the difference, the log does.
  auto verdict = HandshakeVerdict::refuse(401, token.empty() ? "token_missing" : "token_malformed",
                                          "A valid token is required.\n");
  verdict.headers.push_back({"WWW-Authenticate", "Bearer"});
  decide(std::move(verdict));
}

}  // namespace wskit
