#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "core/compression.h"
#include "core/http_upgrade.h"

namespace wskit {
namespace {

void add_unless_given(std::string& request, const UpgradeOffer& offer, std::string_view name,
                      std::string_view value) {
  const bool is_given = std::ranges::any_of(offer.headers, [name](const Header& header) {
    return equals_ignoring_case(header.name, name);
  });
  if (!is_given) request += fmt::format("{}: {}\r\n", name, value);
}

std::string_view describe(HeadProblem problem) {
  switch (problem) {
    case HeadProblem::bare_line_feed:
      return "a line does not end with CR LF";
    case HeadProblem::first_line_too_long:
      return "the status line is too long";
    case HeadProblem::headers_too_large:
      return "the headers are too large";
    case HeadProblem::bad_header:
      return "a header line is malformed";
  }
  return "the head is malformed";
}

/// "HTTP/1.1 101 Switching Protocols"
bool parse_status_line(std::string_view line, HandshakeResponse& response) {
  if (!line.starts_with("HTTP/1.") || line.size() < 12 || line[8] != ' ') return false;
  const std::string_view digits = line.substr(9, 3);
  const auto [end, error] =
      std::from_chars(digits.data(), digits.data() + digits.size(), response.status);
  if (error != std::errc{} || end != digits.data() + digits.size()) return false;
  if (response.status < 100 || (line.size() > 12 && line[12] != ' ')) return false;
  if (line.size() > 13) response.reason = line.substr(13);
  return is_field_value(response.reason);
}

}  // namespace

std::string build_upgrade_request(const UpgradeOffer& offer) {
  std::string request = fmt::format("GET {} HTTP/1.1\r\n", offer.target);
  add_unless_given(request, offer, "Host", offer.host);
  add_unless_given(request, offer, "Upgrade", "websocket");
  add_unless_given(request, offer, "Connection", "Upgrade");
  add_unless_given(request, offer, "Sec-WebSocket-Key", offer.key);
  add_unless_given(request, offer, "Sec-WebSocket-Version", "13");
  if (!offer.origin.empty()) add_unless_given(request, offer, "Origin", offer.origin);
  if (!offer.subprotocols.empty()) {
    add_unless_given(request, offer, "Sec-WebSocket-Protocol",
                     fmt::format("{}", fmt::join(offer.subprotocols, ", ")));
  }
  if (offer.offers_compression) {
    add_unless_given(request, offer, "Sec-WebSocket-Extensions", kCompressionOffer);
  }
  for (const Header& header : offer.headers) {
    request += fmt::format("{}: {}\r\n", header.name, header.value);
  }
  return request + "\r\n";
}

std::variant<NeedMoreBytes, UpgradeResponse, MalformedHttp> parse_upgrade_response(
    std::string_view bytes, const HttpLimits& limits) {
  // A server of another protocol shows in its first bytes.
  constexpr std::string_view kStart = "HTTP/1.";
  const std::size_t seen = std::min(bytes.size(), kStart.size());
  if (bytes.substr(0, seen) != kStart.substr(0, seen)) {
    return MalformedHttp{"the server does not speak HTTP/1.1"};
  }
  auto parsed = parse_http_head(bytes, limits);
  if (const auto* problem = std::get_if<HeadProblem>(&parsed)) {
    return MalformedHttp{std::string(describe(*problem))};
  }
  auto* head = std::get_if<HttpHead>(&parsed);
  if (head == nullptr) return NeedMoreBytes{};
  UpgradeResponse response;
  if (!parse_status_line(head->first_line, response.handshake)) {
    return MalformedHttp{"the status line is malformed"};
  }
  response.handshake.headers = std::move(head->headers);
  response.head_bytes = head->head_bytes;
  return response;
}

bool is_interim(const HandshakeResponse& response) {
  return response.status / 100 == 1 && response.status != 101;
}

std::string check_upgrade_response(HandshakeResponse& response, std::string_view expected_accept,
                                   const std::vector<std::string>& offered_subprotocols) {
  if (!has_list_member(response.headers, "upgrade", "websocket")) {
    return "the answer has no Upgrade: websocket";
  }
  if (!has_list_member(response.headers, "connection", "upgrade")) {
    return "the answer has no Connection: Upgrade";
  }
  const auto accept = find_header(response.headers, "sec-websocket-accept");
  if (count_headers(response.headers, "sec-websocket-accept") != 1 || *accept != expected_accept) {
    return "Sec-WebSocket-Accept does not match the key";
  }
  const auto subprotocol = find_header(response.headers, "sec-websocket-protocol");
  if (!subprotocol) return {};
  if (std::ranges::find(offered_subprotocols, *subprotocol) == offered_subprotocols.end()) {
    return "the server selected a subprotocol that was not offered";
  }
  response.subprotocol = *subprotocol;
  return {};
}

}  // namespace wskit
