#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <wskit/broker_health.h>
#include <wskit/channel.h>
#include <wskit/export.h>
#include <wskit/message.h>
#include <wskit/message_id.h>

namespace wskit {

class Log;
class Loop;

/// A message and where it goes.
struct Publication {
  std::string channel;
  Message message;
  /// Unless empty, a name for this publish: another one with it within five minutes gets the
  /// first one's id and is not published.
  std::string idempotency_key = {};
};

enum class PublishStatus {
  accepted,     ///< the broker has it and hands it to every node
  unavailable,  ///< not published: the broker cannot be reached, or refuses
  unknown,      ///< sent, but no answer came: it may be delivered
  conflict,     ///< not published: another message had this idempotency key
  unsupported,  ///< not published: the broker knows no idempotency keys
};

struct PublishResult {
  PublishStatus status = PublishStatus::accepted;
  MessageId id = {};  ///< not set where the broker has no ids
};

/// Called once, on the broker's loop.
using PublishCallback = std::function<void(PublishResult)>;

/// A message as the broker hands it to every node. Never changes.
struct ChannelMessage {
  std::string channel;
  Message message;
  MessageId id = {};
};

using SharedMessage = std::shared_ptr<const ChannelMessage>;

/// How much of a log is kept.
struct LogLimits {
  std::size_t max_messages = 100'000;
  std::size_t max_bytes = 256 * 1024 * 1024;
  std::chrono::milliseconds max_age{std::chrono::minutes{10}};  ///< 0: any
};

/// Asks for what the log has of some channels.
struct LogQuery {
  std::vector<std::string> channels;  ///< without duplicates
  MessageId after;
  std::size_t max_bytes = 256 * 1024;  ///< of payload; one message may be larger
};

struct LogAnswer {
  enum class Status {
    ok,
    gap,          ///< the log does not reach back to `after`, or ends before it
    unavailable,  ///< the broker cannot be reached
  };
  Status status = Status::ok;
  std::vector<SharedMessage> messages;  ///< in order
  MessageId read_to;  ///< ok: go on from here; gap: the log is complete from here on
};

using LogCallback = std::function<void(LogAnswer)>;

/// Asks for the newest messages of one channel before an id.
struct HistoryQuery {
  std::string channel;
  std::optional<MessageId> before;
  std::size_t limit = 50;
  std::size_t max_bytes = 1024 * 1024;  ///< of payload; one message may be larger
};

struct HistoryAnswer {
  bool is_available = true;
  std::vector<SharedMessage> messages;  ///< oldest first
  bool is_truncated = false;            ///< there may be more before these, within the limit
};

using HistoryCallback = std::function<void(HistoryAnswer)>;

/// What a broker tells the node that started it, on its loop.
class BrokerEvents {
 public:
  virtual ~BrokerEvents() = default;

  /// The next message, in the broker's order.
  virtual void on_message(SharedMessage message) = 0;

  /// Messages after `since` may have been lost, even if later ones have come already. What follows
  /// `origin` comes from now on; that may be less than ids seen before.
  virtual void on_gap(MessageId since, MessageId origin) = 0;

  /// Without a log: messages of these channels may have been lost, or of any if none is named.
  virtual void on_missed(const std::vector<std::string>& channels) = 0;
};

/// Orders what is published and hands it to every node, this one included.
///
/// Thread: publish() any; the rest on the loop given to start().
class WSKIT_API Broker {
 public:
  virtual ~Broker() = default;
  virtual std::string_view name() const = 0;

  /// Whether messages have ids and can be read again: otherwise query() and history() may not be
  /// called.
  virtual bool has_log() const { return false; }

  /// Whether it hands over only what was wanted by set_wanted(), and `*`, instead of everything.
  virtual bool is_selective() const { return false; }

  /// This node's first session has subscribed to `channel`, which is not `*`, or its last is gone;
  /// the server itself may want one, too.
  /// Only called if is_selective().
  virtual void set_wanted(const std::string& channel, bool is_wanted);

  /// From now on `events` gets every message. Must not block: a broker that cannot be reached yet
  /// is not ready and keeps trying.
  /// `log`, `loop` and `events` outlive the broker. Messages over `max_message_bytes` are skipped.
  virtual void start(Loop& loop, Log& log, std::size_t max_message_bytes, BrokerEvents& events) = 0;

  /// The limit given to start() is another one now. A broker that takes no messages from outside
  /// needs none.
  virtual void set_max_message_bytes(std::size_t max_message_bytes);

  /// Delivers nothing more and answers what is under way with `unknown`.
  virtual void stop() = 0;

  virtual void publish(Publication publication, PublishCallback done) = 0;

  /// Reads the log on; `done` runs on the loop, now or later.
  virtual void query(LogQuery query, LogCallback done);
  virtual void history(HistoryQuery query, HistoryCallback done);

  virtual BrokerHealth health() const = 0;
};

/// The broker of a single node: orders messages in this process, and keeps the newest.
WSKIT_API std::unique_ptr<Broker> make_local_broker(LogLimits limits = {});

}  // namespace wskit
