#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <wskit/client.h>
#include <wskit/handshake.h>

namespace wskit {

/// How much of a request head is read before it is refused.
struct HttpLimits {
  std::size_t max_request_line_bytes = 8 * 1024;  ///< 414
  std::size_t max_header_bytes = 16 * 1024;       ///< 431
  std::size_t max_header_lines = 100;             ///< 431
};

/// An HTTP answer to a handshake.
struct HttpAnswer {
  int status = 400;
  std::string result;  ///< a short word for logs and metrics
  std::vector<Header> headers = {};
  std::string body = {};
};

/// A valid upgrade request and what its answer needs.
struct UpgradeRequest {
  HandshakeRequest handshake;
  std::string key;              ///< Sec-WebSocket-Key
  std::size_t head_bytes = 0;   ///< what follows in the buffer are frames
};

struct NeedMoreBytes {};

/// Parses a client's opening handshake from all bytes received so far (RFC 6455 section 4.2.1,
/// RFC 9112). `remote_address` and `is_tls` of the result are left to the caller.
std::variant<NeedMoreBytes, UpgradeRequest, HttpAnswer> parse_upgrade_request(
    std::string_view bytes, const HttpLimits& limits = {});

/// The 101 answer (section 4.2.2); `accept` is made from the key by websocket_accept().
std::string build_upgrade_response(std::string_view accept, std::string_view subprotocol,
                                   const std::vector<Header>& headers);

/// A complete answer with Content-Length and `Connection: close`.
std::string build_http_answer(const HttpAnswer& answer);

/// The standard phrase, or "Status" for codes that have none.
std::string_view reason_phrase(int status);

/// What a client says.
struct UpgradeOffer {
  std::string host;    ///< with the port unless it is the default
  std::string target;  ///< path and query, percent-encoded
  std::string key;     ///< 16 random bytes in base64
  std::string origin;
  std::vector<std::string> subprotocols;
  std::vector<Header> headers;
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

/// What is wrong with a 101 answer by section 4.1, or empty. Fills in the selected subprotocol.
std::string check_upgrade_response(HandshakeResponse& response, std::string_view expected_accept,
                                   const std::vector<std::string>& offered_subprotocols);

}  // namespace wskit
