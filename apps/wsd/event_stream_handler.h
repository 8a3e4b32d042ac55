#pragma once

#include <wskit/message_handler.h>

#include "wsd/dispatch_handler.h"

/// Server-Sent Events: the messages of the channels asked for, and nothing back.
class EventStreamHandler final : public wskit::MessageHandler {
 public:
  void on_open(wskit::Session& session) override {
    subscribe_as_asked(session);
    resume_as_asked(session);
  }
  void on_message(wskit::Session&, const wskit::MessageView&) override {}
};
