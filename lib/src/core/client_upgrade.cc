#include "core/client_upgrade.h"

#include <utility>

#include <fmt/format.h>

#include "core/http_body.h"

namespace wskit {

ClientUpgrade::ClientUpgrade(UpgradeOffer offer, std::string expected_accept)
    : offer_{std::move(offer)}, expected_accept_{std::move(expected_accept)} {}

ClientUpgrade::Progress ClientUpgrade::feed(std::string_view bytes) {
  received_ += bytes;
  return head_bytes_ == 0 ? take_head() : take_body();
}

ClientUpgrade::Progress ClientUpgrade::take_head() {
  auto parsed = parse_upgrade_response(received_);
  if (const auto* malformed = std::get_if<MalformedHttp>(&parsed)) {
    return fail(ConnectFailure::bad_upgrade, malformed->problem);
  }
  auto* const answer = std::get_if<UpgradeResponse>(&parsed);
  if (answer == nullptr) return Progress::needs_more;
  if (is_interim(answer->handshake)) {
    received_.erase(0, answer->head_bytes);
    return take_head();
  }
  head_bytes_ = answer->head_bytes;
  response_ = std::move(answer->handshake);
  if (response_.status != 101) return take_body();
  std::string problem = check_upgrade_response(response_, expected_accept_, offer_.subprotocols);
  if (problem.empty()) problem = select_compression();
  if (!problem.empty()) return fail(ConnectFailure::bad_upgrade, std::move(problem));
  return Progress::open;
}

std::string ClientUpgrade::select_compression() {
  constexpr std::string_view kName = "sec-websocket-extensions";
  const auto selected = find_header(response_.headers, kName);
  if (!selected) return {};
  if (!offer_.offers_compression || count_headers(response_.headers, kName) != 1) {
    return "the server selected an extension that was not offered";
  }
  auto parsed = parse_compression_answer(*selected);
  if (const auto* problem = std::get_if<std::string>(&parsed)) return *problem;
  compression_ = std::get<CompressionParameters>(parsed);
  return {};
}

ClientUpgrade::Progress ClientUpgrade::take_body() {
  HttpBody body = read_http_body(response_.headers, rest(), kMaxBodyBytes);
  response_.body = std::move(body.text);
  const std::string_view separator = response_.reason.empty() ? "" : " ";
  fail(ConnectFailure::upgrade_refused, fmt::format("the server refused the upgrade: {}{}{}",
                                                    response_.status, separator, response_.reason));
  return body.is_complete ? Progress::failed : Progress::needs_body;
}

void ClientUpgrade::end(ConnectFailure failure, std::string message) {
  if (head_bytes_ == 0) fail(failure, std::move(message));
}

ClientUpgrade::Progress ClientUpgrade::fail(ConnectFailure failure, std::string message) {
  error_ = {failure, std::move(message), response_};
  return Progress::failed;
}

}  // namespace wskit
