#include "core/delivery.h"

#include <utility>

namespace wskit {

void DeliveryBatch::add(std::string channel, const Message& message) {
  const bool joins =
      !deliveries_.empty() && deliveries_.back().channel == channel &&
      deliveries_.back().frames->size() + block_.size() + message.frame()->size() <= kMaxBlockBytes;
  if (!joins) {
    close_block();
    deliveries_.push_back({std::move(channel), message.frame(), 1});
    return;
  }
  if (block_.empty()) block_ = *deliveries_.back().frames;
  block_.append(*message.frame());
  ++deliveries_.back().message_count;
}

std::vector<Delivery> DeliveryBatch::take() {
  close_block();
  return std::exchange(deliveries_, {});
}

void DeliveryBatch::close_block() {
  if (block_.empty()) return;
  deliveries_.back().frames = std::make_shared<const std::string>(std::exchange(block_, {}));
}

}  // namespace wskit
