#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <wskit/export.h>

namespace wskit {

struct Header {
  std::string name;
  std::string value;
};

/// What interceptors bind to a session, by name.
using Attributes = std::map<std::string, std::string, std::less<>>;

/// An opening handshake that is valid by RFC 6455 section 4.2.1.
struct WSKIT_API HandshakeRequest {
  std::string path;                                        ///< percent-decoded, without the query
  std::vector<std::pair<std::string, std::string>> query;  ///< decoded, in the order sent
  std::vector<Header> headers;                             ///< names in lower case
  std::vector<std::string> subprotocols;                   ///< as offered, in order
  std::string remote_address;                              ///< "192.0.2.1:4711", or "unix"
  bool is_tls = false;
  std::string user;  ///< bound by an interceptor before this one; empty if none has

  /// The first header of that lower-case name.
  std::optional<std::string_view> header(std::string_view name) const;

  /// The first value of that query parameter.
  std::optional<std::string_view> parameter(std::string_view name) const;
};

/// What an interceptor says to a handshake.
struct WSKIT_API HandshakeVerdict {
  int status = 101;             ///< 101 lets it through; anything else is the HTTP answer
  std::string result = "ok";    ///< a short word for logs and metrics, never a secret
  std::string body;             ///< refusals: what the peer may read
  std::vector<Header> headers;  ///< sent with the answer, accepted or refused
  std::string user;             ///< accepted: binds the session to that user unless empty
  std::string subprotocol;      ///< accepted: selects this one of those offered unless empty
  Attributes attributes;        ///< accepted: kept by the session

  bool is_accepted() const { return status == 101; }

  static HandshakeVerdict accept() { return {}; }
  static HandshakeVerdict accept_as(std::string user);
  static HandshakeVerdict refuse(int status, std::string result, std::string body = {});
};

/// Gives one interceptor's verdict: call it exactly once, at once or later, from any thread.
/// Calls after the first are ignored; a handshake without a verdict ends by its deadline.
using HandshakeDecision = std::function<void(HandshakeVerdict)>;

/// Stands before a route's handler and lets handshakes through or refuses them.
///
/// A route's interceptors run in order and the first refusal wins. Later verdicts override the
/// user and subprotocol of earlier ones; attributes add up.
/// Thread: every worker loop calls it, several at a time; calls must not block.
class WSKIT_API HandshakeInterceptor {
 public:
  virtual ~HandshakeInterceptor() = default;

  /// `request` lives until after_handshake(), or until the peer is gone: copy what a verdict
  /// from elsewhere needs.
  virtual void before_handshake(const HandshakeRequest& request, HandshakeDecision decide) = 0;

  /// Runs once the answer is decided, for each interceptor whose before_handshake() ran.
  virtual void after_handshake(const HandshakeRequest& request, const HandshakeVerdict& verdict);
};

}  // namespace wskit
