#pragma once

#include <chrono>
#include <optional>
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

/// `{"type":"gap",…}`: messages of `channel` after `since` may be missing; without it, any may.
std::string gap_object(std::string_view channel, MessageId since);

/// Appends that object as a server sends it; the plain encodings have nothing for it.
void append_gap(std::string& out, std::string_view channel, MessageId since, Encoding encoding);

/// Appends what asks a client to connect again after that time; plain sessions have nothing for it.
void append_reconnect(std::string& out, std::chrono::milliseconds after, Encoding encoding);

/// One Server-Sent Event; `name` and `id` may be empty.
void append_event(std::string& out, std::string_view name, std::string_view id,
                  std::string_view data);

}  // namespace wskit
