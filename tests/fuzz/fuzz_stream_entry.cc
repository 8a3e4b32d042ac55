// Whatever a Redis answers to XRANGE or XINFO, what comes out are messages that may be sent, or
// orders that mean one thing; and records of sessions that are what they say.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <wskit/channel.h>

#include "core/check.h"
#include "core/control_message.h"
#include "core/envelope_encode.h"
#include "core/envelope_members.h"
#include "core/utf8.h"
#include "redis/directory_record.h"
#include "redis/stream_entry.h"

namespace {

constexpr std::size_t kMaxMessageBytes = 64;

void check(const wskit::ChannelMessage& message) {
  const std::string_view payload = message.message.payload();
  if (message.channel == wskit::kControlChannel) {
    const auto order = wskit::parse_control_text(payload);
    if (order) WSKIT_CHECK(wskit::control_text(*order) == payload);
    return;
  }
  WSKIT_CHECK(wskit::is_deliverable(message.channel));
  WSKIT_CHECK(payload.size() <= kMaxMessageBytes);
  if (message.message.opcode() == wskit::Opcode::text) WSKIT_CHECK(wskit::is_utf8(payload));
  if (message.message.is_json()) WSKIT_CHECK(wskit::is_json(payload));
  const std::string members = "{" + wskit::message_members(message) + "}";
  // JSON may be nested as deeply as is allowed, and so too deeply in there.
  WSKIT_CHECK(message.message.is_json() ? wskit::is_utf8(members) : wskit::is_json(members));
}

void check(const wskit::SessionRecord& record) {
  WSKIT_CHECK(record.user.empty() || wskit::is_user_name(record.user));
  for (const std::string& channel : record.channels) WSKIT_CHECK(wskit::is_channel_name(channel));
  const auto again = wskit::parse_directory_lines(record.name, wskit::directory_lines(record));
  WSKIT_CHECK(again && again->user == record.user && again->channels == record.channels &&
              again->opened_ms == record.opened_ms);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  wskit::ReplyReader reader;
  reader.feed({reinterpret_cast<const char*>(data), size});
  auto next = reader.next();
  const auto* const reply = std::get_if<wskit::RedisReply>(&next);
  if (reply == nullptr) return 0;
  static_cast<void>(wskit::parse_stream_info(*reply));
  for (const auto& record : wskit::parse_directory_records(reply->elements)) check(record);
  const auto entries = wskit::parse_stream_entries(*reply, kMaxMessageBytes);
  if (!entries) return 0;
  for (const wskit::StreamEntry& entry : *entries) {
    if (entry.message != nullptr) check(*entry.message);
  }
  return 0;
}
