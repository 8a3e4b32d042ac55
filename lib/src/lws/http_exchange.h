#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <wskit/http_server.h>

struct lws;

namespace wskit {

/// One request on a connection of the internal HTTP server, and its answer.
struct HttpExchange {
  std::uint64_t id = 0;
  HttpRequest request;
  std::string host;
  std::size_t content_length = 0;
  bool expects_continue = false;
  bool is_settled = false;              ///< dispatched or refused: more of its body is ignored
  bool is_last = false;                 ///< the connection ends after the answer
  bool is_stream = false;               ///< the answer goes on
  std::optional<HttpResponse> refusal;  ///< what is wrong with the head
  std::string answer;                   ///< as it will be written, as far as it waits
};

/// Reads the head that libwebsockets parsed.
HttpExchange read_http_request(lws* wsi);

/// `{"error":{"code":…,"message":…}}`; both are plain ASCII of our own.
HttpResponse http_error(int status, std::string_view code, std::string_view message);

/// The head of an answer whose events follow.
std::string build_event_stream_response(const HttpResponse& response);

/// The whole answer; a HEAD gets no body.
std::string build_http_response(const HttpExchange& exchange, const HttpResponse& response);

}  // namespace wskit
