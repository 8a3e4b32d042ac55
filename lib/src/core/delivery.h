#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <wskit/message.h>

#include "core/send_queue.h"

namespace wskit {

/// Frames for the subscribers of one channel, encoded once for all workers.
struct Delivery {
  std::string channel;
  SharedBytes frames;
  std::uint32_t message_count = 0;
};

/// Gathers what a broker hands over in one turn. Messages to one channel that follow each other
/// become one block of frames, so that each subscriber costs one queue entry, not one a message;
/// the order across channels stays.
class DeliveryBatch {
 public:
  void add(std::string channel, const Message& message);

  bool is_empty() const { return deliveries_.empty(); }

  /// What was gathered; the batch is empty afterwards.
  std::vector<Delivery> take();

 private:
  static constexpr std::size_t kMaxBlockBytes = 256 * 1024;

  void close_block();

  std::vector<Delivery> deliveries_;
  std::string block_;  ///< frames of the last delivery, if they are several
};

}  // namespace wskit
