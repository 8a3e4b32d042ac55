// Both heads of an opening handshake, and a refusal's body, as the other side may spoil them.

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/check.h"
#include "core/client_upgrade.h"
#include "core/http_upgrade.h"

namespace {

using namespace wskit;

void check_request(std::string_view bytes) {
  auto parsed = parse_request_head(bytes);
  if (const auto* answer = std::get_if<HttpAnswer>(&parsed)) {
    WSKIT_CHECK(answer->status >= 400 && answer->status < 500 && !answer->result.empty());
    return;
  }
  auto* head = std::get_if<RequestHead>(&parsed);
  if (head == nullptr) return;
  WSKIT_CHECK(bytes.substr(0, head->head_bytes).ends_with("\r\n\r\n"));
  WSKIT_CHECK(head->handshake.path.starts_with('/') && head->handshake.headers.size() <= 100);
  // The same head, with nothing behind it, is the same.
  WSKIT_CHECK(
      std::holds_alternative<RequestHead>(parse_request_head(bytes.substr(0, head->head_bytes))));
  WSKIT_CHECK(std::holds_alternative<NeedMoreBytes>(
      parse_request_head(bytes.substr(0, head->head_bytes - 1))));
  const auto key = check_upgrade(*head);
  if (const auto* text = std::get_if<std::string>(&key)) WSKIT_CHECK(text->size() == 24);
}

void check_response(std::string_view bytes) {
  auto parsed = parse_upgrade_response(bytes);
  auto* response = std::get_if<UpgradeResponse>(&parsed);
  if (response == nullptr) return;
  auto& handshake = response->handshake;
  WSKIT_CHECK(handshake.status >= 100 && handshake.status <= 999);
  WSKIT_CHECK(bytes.substr(0, response->head_bytes).ends_with("\r\n\r\n"));
  const bool is_sound =
      check_upgrade_response(handshake, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", {"a", "b"}).empty();
  const auto& selected = handshake.subprotocol;
  if (is_sound) WSKIT_CHECK(selected.empty() || selected == "a" || selected == "b");
}

/// What a client makes of an answer that comes in pieces of that size.
std::string answer_in_pieces(std::string_view bytes, std::size_t piece_size) {
  ClientUpgrade upgrade{{}, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="};
  auto progress = ClientUpgrade::Progress::needs_more;
  while (!bytes.empty() && (progress == ClientUpgrade::Progress::needs_more ||
                            progress == ClientUpgrade::Progress::needs_body)) {
    progress = upgrade.feed(bytes.substr(0, piece_size));
    bytes.remove_prefix(std::min(piece_size, bytes.size()));
  }
  WSKIT_CHECK(upgrade.response().body.size() <= ClientUpgrade::kMaxBodyBytes);
  return std::to_string(static_cast<int>(progress)) + ' ' + upgrade.response().body + ' ' +
         upgrade.error().message;
}

void check_pieces(std::string_view bytes) {
  constexpr std::size_t kMostPieces = 16;
  const std::string whole = answer_in_pieces(bytes, std::max<std::size_t>(bytes.size(), 1));
  WSKIT_CHECK(answer_in_pieces(bytes, bytes.size() / kMostPieces + 1) == whole);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes{reinterpret_cast<const char*>(data), size};
  check_request(bytes);
  check_response(bytes);
  check_pieces(bytes);
  return 0;
}
