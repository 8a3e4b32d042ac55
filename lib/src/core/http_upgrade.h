#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <wskit/client.h>
#include <wskit/handshake.h>

#include "core/http_head.h"

namespace wskit {

/// An HTTP answer to a handshake.
struct HttpAnswer {
  int status = 400;
  std::string result;  ///< a short word for logs and metrics
  std::vector<Header> headers = {};
  std::string body = {};
};

/// The head of a request, syntactically sound and with one Host.
struct RequestHead {
  std::string method;
  HandshakeRequest handshake;  ///< remote_address and is_tls are left to the caller
  std::size_t head_bytes = 0;  ///< what follows in the buffer are frames
};

/// Parses a request head from all bytes received so far (RFC 9112). What can never become a
/// sound request is answered as soon as that is seen.
std::variant<NeedMoreBytes, RequestHead, HttpAnswer> parse_request_head(
    std::string_view bytes, const HttpLimits& limits = {});

/// Checks that it is a client's opening handshake (RFC 6455 section 4.2.1) and fills in the
/// subprotocols offered. Gives the Sec-WebSocket-Key.
std::variant<std::string, HttpAnswer> check_upgrade(RequestHead& head);

/// What is wrong with a request for an event stream, or nothing: it is a GET without a body.
std::optional<HttpAnswer> check_event_stream_request(const RequestHead& head);

/// The head of an endless answer of Server-Sent Events, readable by pages of `origin` unless that
/// is empty.
std::string build_event_stream_response(std::string_view origin,
                                        const std::vector<Header>& headers);

/// The 101 answer (section 4.2.2); `accept` is made from the key by websocket_accept().
std::string build_upgrade_response(std::string_view accept, std::string_view subprotocol,
                                   const std::vector<Header>& headers);

/// A complete answer with Content-Length and `Connection: close`.
std::string build_http_answer(const HttpAnswer& answer);

/// What a client says.
struct UpgradeOffer {
  std::string host;    ///< with the port unless it is the default
  std::string target;  ///< path and query, percent-encoded
  std::string key;     ///< 16 random bytes in base64
  std::string origin;
  std::vector<std::string> subprotocols;
  std::vector<Header> headers;
  bool offers_compression = false;
};

/// The opening handshake of section 4.1. Headers given replace those of the same name.
std::string build_upgrade_request(const UpgradeOffer& offer);

/// A server's answer as far as it can be read.
struct UpgradeResponse {
  HandshakeResponse handshake;
  std::size_t head_bytes = 0;
};

struct MalformedHttp {
  std::string problem;
};

/// Parses the head of a server's answer from all bytes received so far.
std::variant<NeedMoreBytes, UpgradeResponse, MalformedHttp> parse_upgrade_response(
    std::string_view bytes, const HttpLimits& limits = {});

/// Whether another answer follows this one (RFC 9110 section 15.2): 100 and the like, but 101.
bool is_interim(const HandshakeResponse& response);

/// What is wrong with a 101 answer by section 4.1, or empty. Fills in the selected subprotocol.
/// Extensions are left to the caller.
std::string check_upgrade_response(HandshakeResponse& response, std::string_view expected_accept,
                                   const std::vector<std::string>& offered_subprotocols);

}  // namespace wskit
