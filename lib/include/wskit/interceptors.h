#pragma once

#include <string>
#include <utility>

#include <wskit/export.h>
#include <wskit/handshake.h>

namespace wskit {

/// Binds the token of a query parameter to the session as its user.
///
/// Without a token, or with one that is no user name (is_user_name()), the handshake gets 401
/// and `WWW-Authenticate: Bearer`.
class WSKIT_API TokenInterceptor : public HandshakeInterceptor {
 public:
  explicit TokenInterceptor(std::string parameter = "token") : parameter_{std::move(parameter)} {}
  void before_handshake(const HandshakeRequest& request, HandshakeDecision decide) override;

 private:
  std::string parameter_;
};

}  // namespace wskit
