#include "core/http_upgrade.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "core/url.h"

namespace wskit {
namespace {

HttpAnswer bad_request(std::string_view what) {
  return {.status = 400, .result = "bad_request", .body = fmt::format("{}\n", what)};
}

HttpAnswer answer_to(HeadProblem problem) {
  switch (problem) {
    case HeadProblem::first_line_too_long:
      return {.status = 414, .result = "too_long", .body = "The request line is too long.\n"};
    case HeadProblem::headers_too_large:
      return {.status = 431, .result = "too_long", .body = "The headers are too large.\n"};
    case HeadProblem::bare_line_feed:
      return bad_request("Lines end with CR LF.");
    case HeadProblem::bad_header:
      return bad_request("A header line is malformed.");
  }
  return bad_request("The request is malformed.");
}

/// Path and query: an origin form, or what an absolute form has behind its authority (RFC 9112
/// section 3.2).
std::optional<std::string_view> path_and_query(std::string_view target) {
  const bool is_printable =
      std::ranges::all_of(target, [](char c) { return c > ' ' && c < 127 && c != '#'; });
  if (!is_printable) return std::nullopt;
  if (target.starts_with('/')) return target;
  for (const std::string_view scheme : {"http://", "https://", "ws://", "wss://"}) {
    if (!equals_ignoring_case(target.substr(0, scheme.size()), scheme)) continue;
    return target.substr(std::min(target.find_first_of("/?", scheme.size()), target.size()));
  }
  return std::nullopt;
}

bool parse_target(std::string_view target, HandshakeRequest& request) {
  const auto form = path_and_query(target);
  if (!form) return false;
  const auto question = std::min(form->find('?'), form->size());
  auto path = percent_decode(form->substr(0, question));
  auto query = parse_query(form->substr(std::min(question + 1, form->size())));
  if (!path || !query) return false;
  request.path = path->empty() ? "/" : std::move(*path);
  request.query = std::move(*query);
  return true;
}

bool is_base64_of_16_bytes(std::string_view key) {
  return key.size() == 24 && key.ends_with("==") &&
         std::ranges::all_of(key.substr(0, 22), [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                  c == '+' || c == '/';
         });
}

HttpAnswer upgrade_required(std::string_view body) {
  return {.status = 426,
          .result = "upgrade_required",
          .headers = {{"Upgrade", "websocket"}, {"Sec-WebSocket-Version", "13"}},
          .body = std::string(body)};
}

bool has_body(const std::vector<Header>& headers) {
  const auto length = find_header(headers, "content-length");
  return (length && *length != "0") || find_header(headers, "transfer-encoding");
}

bool are_distinct_tokens(std::vector<std::string> names) {
  if (!std::ranges::all_of(names, is_token)) return false;
  std::ranges::sort(names);
  return std::ranges::adjacent_find(names) == names.end();
}

}  // namespace

std::variant<NeedMoreBytes, RequestHead, HttpAnswer> parse_request_head(std::string_view bytes,
                                                                        const HttpLimits& limits) {
  auto parsed = parse_http_head(bytes, limits);
  if (const auto* problem = std::get_if<HeadProblem>(&parsed)) return answer_to(*problem);
  auto* head = std::get_if<HttpHead>(&parsed);
  if (head == nullptr) return NeedMoreBytes{};

  const std::string_view line = head->first_line;
  const auto target_begin = line.find(' ');
  const auto target_end = line.rfind(' ');
  if (target_begin == target_end) return bad_request("The request line is malformed.");
  if (line.substr(target_end + 1) != "HTTP/1.1") return bad_request("HTTP/1.1 is required.");

  RequestHead request;
  request.method = line.substr(0, target_begin);
  request.head_bytes = head->head_bytes;
  if (!is_token(request.method) ||
      !parse_target(line.substr(target_begin + 1, target_end - target_begin - 1),
                    request.handshake)) {
    return bad_request("The request line is malformed.");
  }
  const auto host = find_header(head->headers, "host");
  if (count_headers(head->headers, "host") != 1 || host->empty() ||
      host->find_first_of(" \t/@") != std::string_view::npos) {
    return bad_request("Exactly one Host header is required.");
  }
  request.handshake.headers = std::move(head->headers);
  return request;
}

std::variant<std::string, HttpAnswer> check_upgrade(RequestHead& head) {
  const std::vector<Header>& headers = head.handshake.headers;
  if (head.method != "GET") {
    return HttpAnswer{.status = 405,
                      .result = "method",
                      .headers = {{"Allow", "GET"}},
                      .body = "A WebSocket handshake is a GET.\n"};
  }
  if (!has_list_member(headers, "upgrade", "websocket")) {
    return upgrade_required("This address speaks WebSocket.\n");
  }
  if (!has_list_member(headers, "connection", "upgrade")) {
    return bad_request("The Connection header does not say Upgrade.");
  }
  const auto version = find_header(headers, "sec-websocket-version");
  if (count_headers(headers, "sec-websocket-version") != 1 || *version != "13") {
    return upgrade_required("WebSocket version 13 is required.\n");
  }
  const auto key = find_header(headers, "sec-websocket-key");
  if (count_headers(headers, "sec-websocket-key") != 1 || !is_base64_of_16_bytes(*key)) {
    return bad_request("Sec-WebSocket-Key is not 16 bytes of base64.");
  }
  if (has_body(headers)) return bad_request("A handshake has no body.");
  head.handshake.subprotocols = list_members(headers, "sec-websocket-protocol");
  if (!are_distinct_tokens(head.handshake.subprotocols)) {
    return bad_request("Sec-WebSocket-Protocol is malformed.");
  }
  return std::string(*key);
}

std::optional<HttpAnswer> check_event_stream_request(const RequestHead& head) {
  if (head.method != "GET") {
    return HttpAnswer{.status = 405,
                      .result = "method",
                      .headers = {{"Allow", "GET"}},
                      .body = "An event stream is asked for by GET.\n"};
  }
  if (has_body(head.handshake.headers)) return bad_request("The request has a body.");
  return std::nullopt;
}

std::string build_event_stream_response(std::string_view origin,
                                        const std::vector<Header>& headers) {
  std::string response =
      "HTTP/1.1 200 OK\r\n"
      "Content-Type: text/event-stream\r\n"
      "Cache-Control: no-store\r\n"
      "X-Accel-Buffering: no\r\n"
      "Connection: close\r\n";
  if (!origin.empty()) {
    response += fmt::format("Access-Control-Allow-Origin: {}\r\nVary: Origin\r\n", origin);
  }
  for (const Header& header : headers) {
    response += fmt::format("{}: {}\r\n", header.name, header.value);
  }
  return response + "\r\n";
}

std::string build_upgrade_response(std::string_view accept, std::string_view subprotocol,
                                   const std::vector<Header>& headers) {
  std::string response = fmt::format(
      "HTTP/1.1 101 Switching Protocols\r\n"
      "Upgrade: websocket\r\n"
      "Connection: Upgrade\r\n"
      "Sec-WebSocket-Accept: {}\r\n",
      accept);
  if (!subprotocol.empty()) response += fmt::format("Sec-WebSocket-Protocol: {}\r\n", subprotocol);
  for (const Header& header : headers) {
    response += fmt::format("{}: {}\r\n", header.name, header.value);
  }
  return response + "\r\n";
}

std::string build_http_answer(const HttpAnswer& answer) {
  std::string response =
      fmt::format("HTTP/1.1 {} {}\r\n", answer.status, reason_phrase(answer.status));
  for (const Header& header : answer.headers) {
    response += fmt::format("{}: {}\r\n", header.name, header.value);
  }
  response += fmt::format(
      "Content-Type: text/plain; charset=utf-8\r\n"
      "Content-Length: {}\r\n"
      "Connection: close\r\n\r\n{}",
      answer.body.size(), answer.body);
  return response;
}

}  // namespace wskit
