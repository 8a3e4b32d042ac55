#include "core/delivery.h"

#include <utility>

#include "core/envelope_encode.h"

namespace wskit {

void DeliveryBatch::add(SharedMessage message) {
  const std::size_t bytes = message->message.frame()->size();
  const bool joins = !deliveries_.empty() && deliveries_.back().channel() == message->channel &&
                     block_bytes_ + bytes <= kMaxBlockBytes;
  if (!joins) {
    deliveries_.emplace_back();
    block_bytes_ = 0;
  }
  block_bytes_ += bytes;
  deliveries_.back().messages.push_back(std::move(message));
}

std::vector<Delivery> DeliveryBatch::take() {
  return std::exchange(deliveries_, {});
}

const QueuedFrames& EncodedDelivery::frames(Encoding encoding) {
  QueuedFrames& frames = frames_[static_cast<std::size_t>(encoding)];
  if (frames.bytes == nullptr) {
    frames = frames_of({std::string(channel()), after_, message_count(), now_},
                       encode(delivery_.messages, encoding));
  }
  return frames;
}

SharedBytes encode(const std::vector<SharedMessage>& messages, Encoding encoding) {
  // A message has its plain frame: one alone is not copied.
  if (encoding == Encoding::plain && messages.size() == 1) return messages[0]->message.frame();
  auto bytes = std::make_shared<std::string>();
  for (const SharedMessage& message : messages) append_encoded(*bytes, *message, encoding);
  return bytes;
}

SharedBytes encode_gap(const std::string& channel, MessageId since, Encoding encoding) {
  auto bytes = std::make_shared<std::string>();
  append_gap(*bytes, channel, since, encoding);
  return bytes;
}

}  // namespace wskit
