#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include <wskit/broker.h>
#include <wskit/log.h>
#include <wskit/loop.h>
#include <wskit/redis.h>

#include "redis/connection.h"
#include "redis/probe_watch.h"
#include "redis/target.h"

namespace wskit {

/// Redis pub/sub: one connection publishes, one is subscribed to every channel of the prefix.
///
/// Ready means proved: every second a probe is published and must come back the way messages do.
/// While it does not, nothing is published: this node would not deliver it.
/// Thread: publish() any; the rest the loop's.
class RedisPubSubBroker final : public Broker {
 public:
  explicit RedisPubSubBroker(RedisOptions options);
  ~RedisPubSubBroker() override;

  std::string_view name() const override { return "redis-pubsub"; }
  void start(Loop& loop, Log& log, std::size_t max_message_bytes, BrokerEvents& events) override;
  void set_max_message_bytes(std::size_t max) override { max_message_bytes_ = max; }
  void stop() override;
  void publish(Publication publication, PublishCallback done) override;
  BrokerHealth health() const override { return health_; }

 private:
  /// One of the two connections and what it tells.
  struct Link final : RedisEvents {
    Link(RedisPubSubBroker& owner, Loop& loop, bool subscribes);
    void on_redis_ready() override;
    void on_redis_lost(const std::string& reason) override;
    void on_redis_push(RedisReply reply) override;

    RedisPubSubBroker& broker;
    bool is_subscriber;
    RedisConnection connection;
  };

  void publish_now(const Publication& publication, const PublishCallback& done);
  void answer(const PublishCallback& done, PublishStatus status);
  void subscribe();
  void take_push(const RedisReply& reply);
  void on_subscribed();
  void take_message(std::string_view redis_channel, std::string_view payload);
  void hand_over(std::string channel, std::string_view payload);
  void send_probe();

  RedisOptions options_;
  RedisTarget target_;
  std::string probe_channel_;  ///< of Redis
  Loop* loop_ = nullptr;
  Log* log_ = nullptr;
  BrokerEvents* events_ = nullptr;
  std::size_t max_message_bytes_ = 0;
  std::optional<Link> publisher_;
  std::optional<Link> subscriber_;
  std::optional<Timer> probe_timer_;
  unsigned missing_acks_ = 0;  ///< of our subscriptions
  bool has_begun_ = false;     ///< has been subscribed
  BrokerHealth health_;
  ProbeWatch watch_;
};

}  // namespace wskit
