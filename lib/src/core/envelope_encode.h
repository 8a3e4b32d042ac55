#pragma once

#include <string>
#include <string_view>

#include <wskit/broker.h>
#include <wskit/encoding.h>

#include "core/send_queue.h"

namespace wskit {

/// Appends the bytes by which a server sends `message` in that encoding.
void append_encoded(std::string& out, const ChannelMessage& message, Encoding encoding);

/// The object by which wskit.v1.json and the HTTP API show a message, without its type.
std::string message_members(const ChannelMessage& message);

/// `{"type":"gap",…}`: messages of `channel` after `since` may be missing.
std::string gap_object(std::string_view channel, MessageId since);

/// One Server-Sent Event; `name` and `id` may be empty.
void append_event(std::string& out, std::string_view name, std::string_view id,
                  std::string_view data);

}  // namespace wskit
