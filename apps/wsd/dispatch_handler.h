#pragma once

#include <functional>
#include <string>

#include <wskit/handshake.h>
#include <wskit/message_handler.h>

#include "wsd/options.h"

/// Binds the `?channel=` parameters to the session: the attribute `channels`, separated by
/// spaces. A malformed name gets 400.
class ChannelInterceptor final : public wskit::HandshakeInterceptor {
 public:
  void before_handshake(const wskit::HandshakeRequest& request,
                        wskit::HandshakeDecision decide) override;
};

/// The plain protocol: greets, subscribes to the channels asked for, answers heartbeats.
class DispatchHandler final : public wskit::MessageHandler {
 public:
  using Publish = std::function<void(std::string channel, wskit::Message message)>;

  /// `publish` is called on the workers' threads.
  DispatchHandler(const WsdOptions& options, Publish publish)
      : options_{options}, publish_{std::move(publish)} {}

  void on_open(wskit::Session& session) override;
  void on_message(wskit::Session& session, wskit::MessageView message) override;

 private:
  void publish_to_channels(wskit::Session& session, wskit::MessageView message);

  const WsdOptions& options_;
  Publish publish_;
};
