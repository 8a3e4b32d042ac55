#pragma once

#include <string>

#include <wskit/client_request.h>
#include <wskit/message_handler.h>
#include <wskit/server.h>

#include "wsd/options.h"
#include "wsd/permissions.h"

/// The protocol wskit.v1.json: welcomes, and answers the requests of docs/protocol.md.
class JsonHandler final : public wskit::MessageHandler {
 public:
  JsonHandler(const WsdOptions& options, const Permissions& permissions, bool has_log)
      : options_{options}, permissions_{permissions}, has_log_{has_log} {}

  /// Before the first session, which the server outlives.
  void serve_through(wskit::Server& server) { server_ = &server; }

  void on_open(wskit::Session& session) override;
  void on_message(wskit::Session& session, const wskit::MessageView& message) override;

 private:
  void handle(wskit::Session& session, wskit::ClientRequest& request);
  void subscribe(wskit::Session& session, const wskit::ClientRequest& request);
  void unsubscribe(wskit::Session& session, const wskit::ClientRequest& request);
  void publish(wskit::Session& session, wskit::ClientRequest& request);
  void history(wskit::Session& session, const wskit::ClientRequest& request);
  void presence(wskit::Session& session, const wskit::ClientRequest& request);
  void refresh(wskit::Session& session, const wskit::ClientRequest& request);

  const WsdOptions& options_;
  const Permissions& permissions_;
  bool has_log_;
  wskit::Server* server_ = nullptr;
};
