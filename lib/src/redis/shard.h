#pragma once

#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include <wskit/broker_health.h>
#include <wskit/log.h>
#include <wskit/loop.h>

#include "redis/connection.h"
#include "redis/probe_watch.h"
#include "redis/target.h"

namespace wskit {

class RedisShard;

/// Told what happens at a shard. Channels are named as in Redis.
class RedisShardEvents {
 public:
  virtual ~RedisShardEvents() = default;

  /// Channels can be subscribed to; none is.
  virtual void on_shard_open(RedisShard& shard) = 0;

  /// A connection is lost: if it was the subscribed one, with all subscriptions.
  virtual void on_shard_lost(RedisShard& shard, bool was_subscribed) = 0;

  /// A probe has come back, after the answers to all subscriptions that on_shard_open() asked for.
  virtual void on_shard_proved() = 0;

  virtual void on_shard_joined(RedisShard& shard, const std::string& channel) = 0;

  /// Not subscribed any more: asked for, or because the channel's slot has moved away.
  virtual void on_shard_left(RedisShard& shard, const std::string& channel) = 0;

  /// join() or leave() was refused: with MOVED if the channel's slot is elsewhere.
  virtual void on_shard_refused(RedisShard& shard, const std::string& channel,
                                const RedisReply& error) = 0;

  /// Its probes do not get through any more: perhaps their slot has moved away.
  virtual void on_shard_moved() = 0;

  virtual void on_shard_message(const std::string& channel, std::string_view payload) = 0;
};

/// One master of a cluster, or a server without one, for sharded channels: a connection that
/// publishes and one that is subscribed.
///
/// Ready means proved: every second a probe is published to a channel of this shard and must come
/// back the way messages do.
/// Thread: the loop's.
class RedisShard final {
 public:
  /// Everything given outlives this.
  RedisShard(Loop& loop, Log& log, RedisTarget target, RedisShardEvents& events);

  void start();

  /// Answers what is under way with nothing; then it may be destroyed.
  void stop();

  /// Whether channels can be subscribed to, with or without an answer.
  bool is_open() const { return subscriber_.connection.is_ready(); }

  const BrokerHealth& health() const { return health_; }

  /// Where its probes go.
  const std::string& probe_channel() const { return probe_channel_; }
  void set_probe_channel(std::string channel);

  /// Subscribes or unsubscribes; only if it is open, and once for each answer.
  void join(const std::string& channel);
  void leave(const std::string& channel);

  /// Only if ready.
  void publish(std::string_view channel, std::string_view payload, RedisConnection::Done done);

  /// Sends a probe, or looks what became of the last one. To be called every second.
  void probe();

 private:
  /// One of the two connections and what it tells.
  struct Link final : RedisEvents {
    Link(RedisShard& owner, Loop& loop, bool subscribes);
    void on_redis_ready() override;
    void on_redis_lost(const std::string& reason) override;
    void on_redis_push(RedisReply reply) override;

    RedisShard& shard;
    bool is_subscriber;
    RedisConnection connection;
  };
  struct Asked {
    std::string channel;
    bool is_join;
  };

  void open();
  void lose(bool was_subscribed, const std::string& reason);
  void take_push(const RedisReply& reply);
  void take_answer(const RedisReply& reply);
  void join_probe_channel();
  void take_probe_answer(const RedisReply& reply);
  void lose_probe_channel(const std::string& reason);

  Loop& loop_;
  RedisTarget target_;
  RedisShardEvents& events_;
  BrokerHealth health_;  ///< readiness only
  ProbeWatch watch_;
  Link publisher_;
  Link subscriber_;
  std::string probe_channel_;
  bool is_probe_joined_ = false;
  std::optional<Loop::Clock::time_point> probe_asked_at_;  ///< set while joining is unanswered
  std::deque<Asked> asked_;  ///< of Redis, in the order of its answers
};

}  // namespace wskit
