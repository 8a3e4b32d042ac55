#pragma once

#include <wskit/close_status.h>
#include <wskit/export.h>
#include <wskit/message.h>
#include <wskit/session.h>

namespace wskit {

/// What a route does with its sessions.
///
/// For each session: one on_open(), then messages, then exactly one on_close(), always.
/// Thread: every worker loop calls it, several at a time, each for its own sessions; calls must
/// not block. An exception that leaves a call is logged and closes that session with 1011.
class WSKIT_API MessageHandler {
 public:
  virtual ~MessageHandler() = default;
  virtual void on_open(Session& session);
  virtual void on_message(Session& session, const MessageView& message) = 0;

  /// After a send() said `congested`: what was queued has been written.
  virtual void on_drain(Session& session);

  /// The session takes nothing more and is gone when this returns.
  virtual void on_close(Session& session, const CloseStatus& status);
};

}  // namespace wskit
