#pragma once

#include <functional>
#include <string>

#include <wskit/broker.h>
#include <wskit/handshake.h>
#include <wskit/message_handler.h>

#include "wsd/options.h"
#include "wsd/permissions.h"

/// Subscriptions of one session: enough for any real client; each costs memory while it lasts.
inline constexpr std::size_t kMaxChannels = 128;

/// Binds the `?channel=` parameters to the session, the attribute `channels`, separated by
/// spaces, and `?since=` (for Server-Sent Events also Last-Event-ID), the attribute `since`.
/// What is malformed gets 400, a channel that the user may not have 403. Comes after the
/// interceptor that binds the user.
class ChannelInterceptor final : public wskit::HandshakeInterceptor {
 public:
  /// `has_log`: whether sessions can resume.
  ChannelInterceptor(const Permissions& permissions, bool has_log)
      : permissions_{permissions}, has_log_{has_log} {}

  void before_handshake(const wskit::HandshakeRequest& request,
                        wskit::HandshakeDecision decide) override;

 private:
  const Permissions& permissions_;
  bool has_log_;
};

/// Subscribes a session to the channels that its handshake asked for.
void subscribe_as_asked(wskit::Session& session);

/// Has the session get what it missed, if its handshake asked for that.
void resume_as_asked(wskit::Session& session);

/// The plain protocol: greets, subscribes to the channels asked for, answers heartbeats.
class DispatchHandler final : public wskit::MessageHandler {
 public:
  using Publish = std::function<void(wskit::Publication publication)>;
  using Forward =
      std::function<void(const wskit::Session& session, const wskit::MessageView& message)>;

  /// Both are called on the workers' threads; `forward` gives messages to the application.
  DispatchHandler(const WsdOptions& options, const Permissions& permissions, Publish publish,
                  Forward forward)
      : options_{options},
        permissions_{permissions},
        publish_{std::move(publish)},
        forward_{std::move(forward)} {}

  void on_open(wskit::Session& session) override;
  void on_message(wskit::Session& session, const wskit::MessageView& message) override;

 private:
  void publish_to_channels(wskit::Session& session, const wskit::MessageView& message);

  const WsdOptions& options_;
  const Permissions& permissions_;
  Publish publish_;
  Forward forward_;
};
