#include "wsd/dispatch_handler.h"

#include <algorithm>

#include <wskit/broker.h>
#include <wskit/session_registry.h>

namespace {

constexpr std::string_view kChannels = "channels";

/// Enough for any real client; each costs memory for as long as the session lasts.
constexpr std::size_t kMaxChannels = 128;

template <typename Visit>
void for_each_channel(std::string_view channels, Visit&& visit) {
  while (!channels.empty()) {
    const auto end = std::min(channels.find(' '), channels.size());
    visit(channels.substr(0, end));
    channels.remove_prefix(std::min(end + 1, channels.size()));
  }
}

}  // namespace

void ChannelInterceptor::before_handshake(const wskit::HandshakeRequest& request,
                                          wskit::HandshakeDecision decide) {
  std::string channels;
  std::size_t count = 0;
  for (const auto& [name, value] : request.query) {
    if (name != "channel") continue;
    if (!wskit::is_channel_name(value) || ++count > kMaxChannels) {
      return decide(
          wskit::HandshakeVerdict::refuse(400, "channel", "A channel name is malformed.\n"));
    }
    if (!channels.empty()) channels += ' ';
    channels += value;
  }
  auto verdict = wskit::HandshakeVerdict::accept();
  if (!channels.empty()) verdict.attributes.emplace(kChannels, std::move(channels));
  decide(std::move(verdict));
}

void DispatchHandler::on_open(wskit::Session& session) {
  for_each_channel(session.attribute(kChannels), [&](std::string_view channel) {
    session.registry().subscribe(session.id(), channel);
  });
  if (options_.greeting.empty()) return;
  static_cast<void>(session.send({wskit::Opcode::text, options_.greeting}));
}

void DispatchHandler::on_message(wskit::Session& session, wskit::MessageView message) {
  // A session that does not read its answers ends by its queue limit.
  switch (options_.on_message) {
    case OnMessage::heartbeat:
      if (!options_.heartbeat_reply.empty()) {
        static_cast<void>(session.send({wskit::Opcode::text, options_.heartbeat_reply}));
      }
      break;
    case OnMessage::echo:
      static_cast<void>(session.send(message));
      break;
    case OnMessage::publish:
      publish_to_channels(session, message);
      break;
    case OnMessage::ignore:
      break;
    case OnMessage::close:
      session.close({wskit::close_code::unsupported_data, "messages are not accepted"});
      break;
  }
}

void DispatchHandler::publish_to_channels(wskit::Session& session, wskit::MessageView message) {
  const std::string_view channels = session.attribute(kChannels);
  if (channels.empty()) {
    session.close({wskit::close_code::policy_violation, "no channel to publish to"});
    return;
  }
  const wskit::Message shared{message};
  for_each_channel(channels,
                   [&](std::string_view channel) { publish_(std::string(channel), shared); });
}
