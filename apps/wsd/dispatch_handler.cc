#include "wsd/dispatch_handler.h"

#include <algorithm>
#include <optional>

#include <wskit/channel.h>
#include <wskit/message_id.h>

namespace {

constexpr std::string_view kChannels = "channels";
constexpr std::string_view kSince = "since";

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
  const auto refuse = [&decide](const std::string& result, const std::string& body) {
    decide(wskit::HandshakeVerdict::refuse(400, result, body));
  };
  std::string channels;
  std::size_t count = 0;
  std::optional<std::string_view> since = request.header("last-event-id");
  for (const auto& [name, value] : request.query) {
    if (name == "since") since = value;
    if (name != "channel") continue;
    if (!wskit::is_channel_name(value) || ++count > kMaxChannels) {
      return refuse("channel", "A channel name is malformed.\n");
    }
    if (!permissions_.may_subscribe(value, request.user)) {
      return decide(
          wskit::HandshakeVerdict::refuse(403, "forbidden_channel", "A channel is not allowed.\n"));
    }
    if (!channels.empty()) channels += ' ';
    channels += value;
  }
  auto verdict = wskit::HandshakeVerdict::accept();
  if (since && !since->empty()) {
    if (!has_log_) return refuse("since", "This server keeps no messages to resume from.\n");
    if (!wskit::MessageId::parse(*since)) return refuse("since", "The id is malformed.\n");
    verdict.attributes.emplace(kSince, *since);
  }
  if (!channels.empty()) verdict.attributes.emplace(kChannels, std::move(channels));
  decide(std::move(verdict));
}

void subscribe_as_asked(wskit::Session& session) {
  for_each_channel(session.attribute(kChannels),
                   [&](std::string_view channel) { session.subscribe(channel); });
}

void resume_as_asked(wskit::Session& session) {
  if (const auto since = wskit::MessageId::parse(session.attribute(kSince))) {
    session.resume(*since);
  }
}

void DispatchHandler::on_open(wskit::Session& session) {
  subscribe_as_asked(session);
  if (!options_.greeting.empty()) {
    static_cast<void>(session.send({wskit::Opcode::text, options_.greeting}));
  }
  resume_as_asked(session);
}

void DispatchHandler::on_message(wskit::Session& session, const wskit::MessageView& message) {
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
    case OnMessage::hook:
      forward_(session, message);
      break;
    case OnMessage::ignore:
      break;
    case OnMessage::close:
      session.close({wskit::close_code::unsupported_data, "messages are not accepted"});
      break;
  }
}

void DispatchHandler::publish_to_channels(wskit::Session& session,
                                          const wskit::MessageView& message) {
  const std::string_view channels = session.attribute(kChannels);
  if (channels.empty()) {
    session.close({wskit::close_code::policy_violation, "no channel to publish to"});
    return;
  }
  bool is_allowed = true;
  for_each_channel(channels, [&](std::string_view channel) {
    is_allowed = permissions_.may_publish(channel, session.user()) && is_allowed;
  });
  if (!is_allowed) {
    session.close({wskit::close_code::policy_violation, "publishing is not allowed"});
    return;
  }
  const wskit::Message shared{message};
  for_each_channel(channels, [&](std::string_view channel) {
    publish_({std::string(channel), shared});
  });
}
