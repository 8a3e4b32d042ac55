#include "lws/http_exchange.h"

#include <array>
#include <charconv>

#include <fmt/format.h>
#include <libwebsockets.h>

#include "core/http_head.h"
#include "core/url.h"

namespace wskit {
namespace {

struct Method {
  lws_token_indexes token;
  std::string_view name;
};

constexpr std::array<Method, 7> kMethods{{{WSI_TOKEN_GET_URI, "GET"},
                                          {WSI_TOKEN_POST_URI, "POST"},
                                          {WSI_TOKEN_HEAD_URI, "HEAD"},
                                          {WSI_TOKEN_DELETE_URI, "DELETE"},
                                          {WSI_TOKEN_PUT_URI, "PUT"},
                                          {WSI_TOKEN_PATCH_URI, "PATCH"},
                                          {WSI_TOKEN_OPTIONS_URI, "OPTIONS"}}};

/// lws knows no token for it; its only value is 100-continue (RFC 9110 section 10.1.1).
constexpr std::string_view kExpect = "expect:";

constexpr std::string_view kApiKey = "x-api-key:";

/// The first `size` bytes, without white space at their end (RFC 9110 section 5.5).
std::string cut(std::string value, int size) {
  value.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
  value.resize(value.find_last_not_of(" \t") + 1);
  return value;
}

std::string copy_header(lws* wsi, lws_token_indexes token) {
  const int size = lws_hdr_total_length(wsi, token);
  if (size <= 0) return {};
  std::string value(static_cast<std::size_t>(size) + 1, '\0');
  const int copied = lws_hdr_copy(wsi, value.data(), size + 1, token);
  return cut(std::move(value), copied);
}

/// For headers that lws has no token for; `name` ends with a colon.
std::string copy_custom_header(lws* wsi, std::string_view name) {
  const int name_size = static_cast<int>(name.size());
  const int size = lws_hdr_custom_length(wsi, name.data(), name_size);
  if (size <= 0) return {};
  std::string value(static_cast<std::size_t>(size) + 1, '\0');
  const int copied = lws_hdr_custom_copy(wsi, value.data(), size + 1, name.data(), name_size);
  return cut(std::move(value), copied);
}

void read_query(lws* wsi, HttpExchange& exchange) {
  std::array<char, 2048> fragment;
  for (int i = 0; i < 64; ++i) {
    const int size = lws_hdr_copy_fragment(wsi, fragment.data(), static_cast<int>(fragment.size()),
                                           WSI_TOKEN_HTTP_URI_ARGS, i);
    if (size < 0) return;
    // lws has decoded the escapes already, and keeps the fields apart.
    const std::string_view field{fragment.data(), static_cast<std::size_t>(size)};
    // An empty field; lws 4.1.6 gives the last one as a slash.
    if (field.empty() || field == "/") continue;
    const auto equals = std::min(field.find('='), field.size());
    exchange.request.query.emplace_back(field.substr(0, equals),
                                        field.substr(std::min(equals + 1, field.size())));
  }
}

void read_length(lws* wsi, HttpExchange& exchange) {
  const std::string length = copy_header(wsi, WSI_TOKEN_HTTP_CONTENT_LENGTH);
  const bool is_chunked = lws_hdr_total_length(wsi, WSI_TOKEN_HTTP_TRANSFER_ENCODING) > 0;
  const bool needs_length = exchange.request.method == "POST";
  if (is_chunked || (length.empty() && needs_length)) {
    exchange.refusal = http_error(411, "length_required", "Content-Length is required.");
    return;
  }
  if (length.empty()) return;
  const char* const end = length.data() + length.size();
  const auto [last, error] = std::from_chars(length.data(), end, exchange.content_length);
  if (error != std::errc{} || last != end) {
    exchange.refusal = http_error(400, "bad_length", "Content-Length is malformed.");
  }
}

}  // namespace

HttpExchange read_http_request(lws* wsi) {
  HttpExchange exchange;
  for (const Method& method : kMethods) {
    if (lws_hdr_total_length(wsi, method.token) <= 0) continue;
    exchange.request.method = method.name;
    exchange.request.path = copy_header(wsi, method.token);
  }
  if (exchange.request.method.empty()) {
    exchange.refusal = http_error(405, "method_not_allowed", "This method is not served.");
    return exchange;
  }
  exchange.host = copy_header(wsi, WSI_TOKEN_HOST);
  const std::string type = copy_header(wsi, WSI_TOKEN_HTTP_CONTENT_TYPE);
  exchange.request.content_type = to_lower(type.substr(0, type.find_first_of("; ")));
  exchange.expects_continue =
      lws_hdr_custom_length(wsi, kExpect.data(), static_cast<int>(kExpect.size())) > 0;
  exchange.request.authorization = copy_header(wsi, WSI_TOKEN_HTTP_AUTHORIZATION);
  exchange.request.api_key = copy_custom_header(wsi, kApiKey);
  read_query(wsi, exchange);
  read_length(wsi, exchange);
  return exchange;
}

HttpResponse http_error(int status, std::string_view code, std::string_view message) {
  return {.status = status,
          .body = fmt::format(R"({{"error":{{"code":"{}","message":"{}"}}}})", code, message)};
}

std::string build_event_stream_response(const HttpResponse& response) {
  return fmt::format(
      "HTTP/1.1 {} {}\r\nContent-Type: text/event-stream\r\nCache-Control: no-store\r\n"
      "X-Content-Type-Options: nosniff\r\nConnection: close\r\n\r\n",
      response.status, reason_phrase(response.status));
}

std::string build_http_response(const HttpExchange& exchange, const HttpResponse& response) {
  std::string text =
      fmt::format("HTTP/1.1 {} {}\r\n", response.status, reason_phrase(response.status));
  for (const Header& header : response.headers) {
    text += fmt::format("{}: {}\r\n", header.name, header.value);
  }
  text += fmt::format(
      "Content-Type: {}\r\nContent-Length: {}\r\nCache-Control: no-store\r\n"
      "X-Content-Type-Options: nosniff\r\n{}\r\n",
      response.content_type, response.body.size(), exchange.is_last ? "Connection: close\r\n" : "");
  if (exchange.request.method != "HEAD") text += response.body;
  return text;
}

}  // namespace wskit
