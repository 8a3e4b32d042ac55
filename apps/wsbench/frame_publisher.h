#pragma once

#include <wskit/client.h>

#include "publish_template.h"
#include "publisher.h"

/// Publishes by messages over a WebSocket connection of its own.
class FramePublisher final : public Publisher, private wskit::ClientHandler {
 public:
  FramePublisher(wskit::Loop& loop, const Plan& plan, std::size_t number, PublisherEvents events);

  bool publish(std::string_view payload, std::uint64_t sequence) override;

 private:
  void on_open(const wskit::HandshakeResponse& response) override;
  void on_message(const wskit::MessageView& message) override;
  void on_close(const wskit::CloseStatus& status) override;
  void on_connect_error(const wskit::ConnectError& error) override;

  const std::size_t number_;
  const wskit::Opcode opcode_;
  PublisherEvents events_;
  PublishTemplate template_;
  wskit::Client client_;
};
