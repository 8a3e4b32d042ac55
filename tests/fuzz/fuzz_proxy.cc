// What proxies may answer, whole and in pieces.

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/check.h"
#include "core/proxy_handshake.h"

namespace {

using namespace wskit;
using Progress = ProxyHandshake::Progress;

std::string in_pieces(const char* proxy, std::string_view bytes, std::size_t piece_size) {
  const auto handshake = make_proxy_handshake(*parse_proxy_url(proxy), "example.com", "443");
  std::string said = handshake->take_output();
  auto progress = Progress::needs_more;
  while (!bytes.empty() && progress == Progress::needs_more) {
    progress = handshake->feed(bytes.substr(0, piece_size));
    bytes.remove_prefix(std::min(piece_size, bytes.size()));
    said += handshake->take_output();
  }
  WSKIT_CHECK((progress == Progress::failed) != handshake->problem().empty());
  std::string rest;
  if (progress == Progress::done) rest = std::string(handshake->rest()) + std::string(bytes);
  return said + '|' + handshake->problem() + '|' + rest;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes{reinterpret_cast<const char*>(data), size};
  for (const char* proxy : {"http://u:p@h", "socks5h://u:p@h", "socks5://h"}) {
    WSKIT_CHECK(in_pieces(proxy, bytes, std::max<std::size_t>(size, 1)) ==
                in_pieces(proxy, bytes, size / 16 + 1));
  }
  static_cast<void>(parse_proxy_url(bytes));
  return 0;
}
