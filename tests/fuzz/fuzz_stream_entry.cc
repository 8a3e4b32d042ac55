// Whatever a Redis answers to XRANGE or XINFO, what comes out are messages that may be sent.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <wskit/channel.h>

#include "core/check.h"
#include "core/envelope_encode.h"
#include "core/envelope_members.h"
#include "core/utf8.h"
#include "redis/stream_entry.h"

namespace {

constexpr std::size_t kMaxMessageBytes = 64;

void check(const wskit::ChannelMessage& message) {
  WSKIT_CHECK(wskit::is_deliverable(message.channel));
  const std::string_view payload = message.message.payload();
  WSKIT_CHECK(payload.size() <= kMaxMessageBytes);
  if (message.message.opcode() == wskit::Opcode::text) WSKIT_CHECK(wskit::is_utf8(payload));
  if (message.message.is_json()) WSKIT_CHECK(wskit::is_json(payload));
  const std::string members = "{" + wskit::message_members(message) + "}";
  // JSON may be nested as deeply as is allowed, and so too deeply in there.
  WSKIT_CHECK(message.message.is_json() ? wskit::is_utf8(members) : wskit::is_json(members));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  wskit::ReplyReader reader;
  reader.feed({reinterpret_cast<const char*>(data), size});
  auto next = reader.next();
  const auto* const reply = std::get_if<wskit::RedisReply>(&next);
  if (reply == nullptr) return 0;
  static_cast<void>(wskit::parse_stream_info(*reply));
  const auto entries = wskit::parse_stream_entries(*reply, kMaxMessageBytes);
  if (!entries) return 0;
  for (const wskit::StreamEntry& entry : *entries) {
    if (entry.message != nullptr) check(*entry.message);
  }
  return 0;
}
