#pragma once

#include <memory>
#include <string>
#include <vector>

#include <wskit/broker.h>

/// A text message as a broker would hand it over.
inline wskit::SharedMessage message_to(const std::string& channel, std::uint64_t ms,
                                       const std::string& text = "x") {
  return std::make_shared<const wskit::ChannelMessage>(
      wskit::ChannelMessage{channel, wskit::Message::text(text), {ms, 0}});
}

inline std::vector<std::uint64_t> times_of(const std::vector<wskit::SharedMessage>& messages) {
  std::vector<std::uint64_t> times;
  for (const auto& message : messages) times.push_back(message->id.ms);
  return times;
}
