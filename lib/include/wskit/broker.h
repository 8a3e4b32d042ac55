#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include <wskit/export.h>
#include <wskit/message.h>

namespace wskit {

class Log;
class Loop;

/// The channel of which every session is a subscriber.
inline constexpr std::string_view kEveryone = "*";

/// The channel of one user's sessions: `@<user>`.
WSKIT_API std::string user_channel(std::string_view user);

/// Whether clients and publishers may use that name: [A-Za-z0-9_.:/-]{1,200}.
WSKIT_API bool is_channel_name(std::string_view name);

/// Whether `user` is 1–128 bytes of UTF-8 without control characters.
WSKIT_API bool is_user_name(std::string_view user);

enum class PublishStatus {
  accepted,     ///< the broker has it and hands it to every node
  unavailable,  ///< not published: the broker cannot be reached
  unknown,      ///< sent, but no answer came: it may be delivered
};

struct PublishResult {
  PublishStatus status = PublishStatus::accepted;
  std::string id;  ///< `<ms>-<seq>`; empty where the broker has no ids
};

/// Called once, on the broker's loop.
using PublishCallback = std::function<void(PublishResult)>;

/// Whether messages get through, and since when not.
struct BrokerHealth {
  bool is_ready = false;
  std::string reason;                ///< empty when ready; never a secret
  double probe_lag_seconds = 0;      ///< the last probe's way there and back
  std::uint64_t published = 0;       ///< accepted
  std::uint64_t publish_failed = 0;  ///< unavailable or unknown
  std::uint64_t received = 0;        ///< handed to this node
  std::uint64_t skipped = 0;         ///< received and not delivered: oversized or malformed
  std::uint64_t reconnects = 0;
};

/// Orders what is published and hands it to every node, this one included.
///
/// Thread: publish() any; the rest on the loop given to start().
class WSKIT_API Broker {
 public:
  using Deliver = std::function<void(std::string channel, Message message)>;

  virtual ~Broker() = default;
  virtual std::string_view name() const = 0;

  /// From now on `deliver` gets every message, in the broker's order. Must not block: a broker
  /// that cannot be reached yet is not ready and keeps trying.
  /// `log` and `loop` outlive the broker. Messages over `max_message_bytes` are skipped.
  virtual void start(Loop& loop, Log& log, std::size_t max_message_bytes, Deliver deliver) = 0;

  /// Delivers nothing more and answers what is under way with `unknown`.
  virtual void stop() = 0;

  virtual void publish(std::string channel, Message message, PublishCallback done) = 0;

  virtual BrokerHealth health() const = 0;
};

/// The broker of a single node: orders messages in this process.
WSKIT_API std::unique_ptr<Broker> make_local_broker();

}  // namespace wskit
