#include "frame_publisher.h"

#include <utility>

#include <fmt/format.h>

namespace {

/// A publisher that has so much to send takes no more.
constexpr std::size_t kMaxQueuedBytes = 16 * 1024 * 1024;

}  // namespace

FramePublisher::FramePublisher(wskit::Loop& loop, const Plan& plan, std::size_t number,
                               PublisherEvents events)
    : number_{number},
      opcode_{plan.options.payload.is_binary ? wskit::Opcode::binary : wskit::Opcode::text},
      events_{std::move(events)},
      template_{plan.options.fanout.publish},
      client_{loop, plan.publisher_settings, static_cast<wskit::ClientHandler&>(*this)} {
  client_.start();
}

bool FramePublisher::publish(std::string_view payload, std::uint64_t sequence) {
  if (client_.queued_bytes() > kMaxQueuedBytes) return false;
  return client_.send({opcode_, template_.fill(payload, sequence, number_)}) !=
         wskit::SendResult::refused;
}

void FramePublisher::on_open(const wskit::HandshakeResponse&) {
  events_.on_ready();
}

void FramePublisher::on_message(const wskit::MessageView& message) {
  events_.on_message(message.payload.size());
}

void FramePublisher::on_close(const wskit::CloseStatus& status) {
  events_.on_problem(
      fmt::format("the publisher's connection ended: {} {}", status.code, status.reason));
}

void FramePublisher::on_connect_error(const wskit::ConnectError& error) {
  events_.on_problem("the publisher: " + error.message);
}
