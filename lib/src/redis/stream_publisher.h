#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include <wskit/broker.h>
#include <wskit/loop.h>

#include "redis/connection.h"
#include "redis/stream_entry.h"

namespace wskit {

/// Told how the publishing side of a stream broker is.
class StreamPublisherEvents {
 public:
  virtual ~StreamPublisherEvents() = default;
  virtual void on_publisher_ready() = 0;
  virtual void on_publisher_lost(const std::string& reason) = 0;

  /// The server answers, but refuses to write.
  virtual void on_publisher_refused(const std::string& reason) = 0;

  /// The log has the highest possible id, and takes nothing more until somebody removes it.
  virtual void on_log_exhausted() = 0;

  /// Redis may drop the log when its memory is full.
  virtual void on_eviction_policy(const std::string& policy) = 0;
};

/// Appends to a log in Redis, many messages in one round trip, and keeps it short.
///
/// Thread: the loop's.
class StreamPublisher final : private RedisEvents {
 public:
  /// Everything given outlives this.
  StreamPublisher(Loop& loop, const RedisTarget& target, const StreamKeys& keys, LogLimits limits,
                  StreamPublisherEvents& events);

  void start() { connection_.start(); }
  void restart(const std::string& reason) { connection_.restart(reason); }
  bool is_ready() const { return connection_.is_ready(); }

  /// Only when ready.
  void publish(const Publication& publication, PublishCallback done);

  /// Appends `text` to the probes' stream.
  void probe(const std::string& text);

  /// Drops entries older than the limit.
  void trim();

  /// Asks whether the log has the highest possible id.
  void look(std::function<void(bool is_exhausted)> done);

 private:
  void on_redis_ready() override;
  void on_redis_lost(const std::string& reason) override { events_.on_publisher_lost(reason); }
  void on_redis_push(RedisReply) override { restart("an answer that nobody asked for"); }

  RedisConnection::Done answer_with(PublishCallback done);
  void take_refusal(const RedisReply& error);

  const StreamKeys& keys_;
  const LogLimits limits_;
  const std::string max_messages_;
  StreamPublisherEvents& events_;
  RedisConnection connection_;
};

}  // namespace wskit
