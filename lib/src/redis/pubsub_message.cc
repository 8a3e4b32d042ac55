#include "redis/pubsub_message.h"

#include <utility>

#include "core/utf8.h"

namespace wskit {

std::string pubsub_name(const RedisOptions& options, std::string_view channel) {
  if (channel == kEveryone && !options.everyone_topic.empty()) return options.everyone_topic;
  return options.prefix + std::string(channel);
}

SharedMessage make_pubsub_message(std::string channel, std::string_view payload) {
  Message message = is_utf8(payload) ? Message::text(payload) : Message::binary(payload);
  return std::make_shared<const ChannelMessage>(
      ChannelMessage{std::move(channel), std::move(message)});
}

}  // namespace wskit
