// What Redis answers: any bytes give replies, more to wait for, or Malformed, whatever the pieces.

#include <cstdint>
#include <vector>

#include "core/check.h"
#include "redis/reply.h"

namespace {

using wskit::RedisReply, wskit::ReplyReader;

void describe(const RedisReply& reply, std::string& out) {
  out += std::to_string(static_cast<int>(reply.kind)) + ' ' + std::to_string(reply.integer) + ' ' +
         reply.text + ' ' + std::to_string(reply.elements.size()) + '\n';
  for (const RedisReply& element : reply.elements) describe(element, out);
}

/// Every reply up to the first malformed one.
std::string read_all(std::string_view bytes, std::size_t piece_size) {
  ReplyReader reader;
  std::string replies;
  while (!bytes.empty()) {
    reader.feed(bytes.substr(0, piece_size));
    bytes.remove_prefix(std::min(piece_size, bytes.size()));
    while (true) {
      auto next = reader.next();
      if (std::holds_alternative<ReplyReader::Malformed>(next)) return replies + "malformed";
      const auto* reply = std::get_if<RedisReply>(&next);
      if (reply == nullptr) break;
      describe(*reply, replies);
    }
  }
  return replies;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view bytes{reinterpret_cast<const char*>(data) + 1, size - 1};
  const std::string whole = read_all(bytes, size);
  WSKIT_CHECK(read_all(bytes, 1) == whole);
  WSKIT_CHECK(read_all(bytes, 1 + data[0] % 32U) == whole);
  return 0;
}
