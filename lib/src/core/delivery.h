#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include <wskit/broker.h>
#include <wskit/encoding.h>

#include "core/send_queue.h"

namespace wskit {

/// Messages that follow each other to one channel, at least one. For all workers.
struct Delivery {
  std::vector<SharedMessage> messages;

  std::string_view channel() const { return messages.front()->channel; }
};

/// Gathers what a broker hands over in one turn. Messages to one channel that follow each other
/// go together, so that each subscriber costs one queue entry, not one a message; the order across
/// channels stays.
class DeliveryBatch {
 public:
  void add(SharedMessage message);

  bool is_empty() const { return deliveries_.empty(); }

  /// What was gathered; the batch is empty afterwards.
  std::vector<Delivery> take();

 private:
  static constexpr std::size_t kMaxBlockBytes = 256 * 1024;

  std::vector<Delivery> deliveries_;
  std::size_t block_bytes_ = 0;  ///< of the last delivery
};

/// The frames of a delivery in each encoding, built when the first session asks for them.
class EncodedDelivery {
 public:
  /// `delivery` outlives this and follows `after` in the log; it came at `now`.
  EncodedDelivery(const Delivery& delivery, MessageId after, SendQueue::Time now)
      : delivery_{delivery}, after_{after}, now_{now} {}

  std::string_view channel() const { return delivery_.channel(); }
  std::size_t message_count() const { return delivery_.messages.size(); }
  const QueuedFrames& frames(Encoding encoding);

 private:
  const Delivery& delivery_;
  const MessageId after_;
  const SendQueue::Time now_;
  std::array<QueuedFrames, kEncodingCount> frames_;
};

/// The bytes of several messages in one encoding.
SharedBytes encode(const std::vector<SharedMessage>& messages, Encoding encoding);

/// What tells a session that messages of `channel` after `since` may be missing. The plain
/// encodings have nothing for that.
SharedBytes encode_gap(const std::string& channel, MessageId since, Encoding encoding);

}  // namespace wskit
