#pragma once

#include <string>
#include <string_view>

#include <wskit/broker.h>
#include <wskit/redis.h>

namespace wskit {

/// What a channel is called in Redis pub/sub.
std::string pubsub_name(const RedisOptions& options, std::string_view channel);

/// A message with that payload: text where it is UTF-8, otherwise binary.
SharedMessage make_pubsub_message(std::string channel, std::string_view payload);

}  // namespace wskit
