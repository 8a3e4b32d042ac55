#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <wskit/broker.h>
#include <wskit/log.h>
#include <wskit/loop.h>
#include <wskit/redis.h>

#include "redis/locator.h"
#include "redis/shard.h"
#include "redis/slots.h"
#include "redis/target.h"

namespace wskit {

/// Redis pub/sub with sharded channels: each is subscribed to where its slot is, and only if this
/// node's sessions want it.
///
/// All masters that can have channels of the prefix are shards in use; without a cluster there is
/// one. Ready means that each is proved, and each wanted channel has its shard.
/// Thread: publish() any; the rest the loop's.
class RedisShardedBroker final : public Broker, private RedisShardEvents {
 public:
  explicit RedisShardedBroker(RedisOptions options);

  std::string_view name() const override { return "redis-pubsub"; }
  bool is_selective() const override { return true; }
  void set_wanted(const std::string& channel, bool is_wanted) override;
  void start(Loop& loop, Log& log, std::size_t max_message_bytes, BrokerEvents& events) override;
  void set_max_message_bytes(std::size_t max) override { max_message_bytes_ = max; }
  void stop() override;
  void publish(Publication publication, PublishCallback done) override;
  BrokerHealth health() const override;

 private:
  /// A channel that is wanted, or was until now. One command is under way for it at most.
  struct Channel {
    enum class State : std::uint8_t { idle, joining, joined, leaving };
    RedisShard* shard = nullptr;  ///< null: not known where its slot is
    State state = State::idle;
    bool is_wanted = true;
    bool has_missed = false;  ///< was not joined at once, or not always
  };
  using Channels = std::unordered_map<std::string, Channel>;  ///< by the name in Redis
  struct Held {
    Publication publication;
    PublishCallback done;
  };

  void on_shard_open(RedisShard& shard) override;
  void on_shard_lost(RedisShard& shard, bool was_subscribed) override;
  void on_shard_proved() override;
  void on_shard_joined(RedisShard& shard, const std::string& channel) override;
  void on_shard_left(RedisShard& shard, const std::string& channel) override;
  void on_shard_refused(RedisShard& shard, const std::string& channel,
                        const RedisReply& error) override;
  void on_shard_moved() override { refresh_soon(); }
  void on_shard_message(const std::string& channel, std::string_view payload) override;

  void want(const std::string& name, bool is_wanted);
  void settle(Channels::iterator entry);
  void fall_idle(Channels::iterator entry);
  void lose_place(Channels::iterator entry, const std::string& reason);
  Channels::iterator find_at(const RedisShard& shard, const std::string& name);
  std::string channel_of(const std::string& name) const;

  void refresh_soon();
  void refresh();
  void take_slots(const std::vector<SlotRange>& ranges);
  void place_all();
  RedisTarget shard_target(const RedisAddress& master) const;
  std::string probe_channel_of(const RedisShard& shard) const;

  void publish_now(const Publication& publication, const PublishCallback& done);
  void release(const std::string& name);
  void answer(const PublishCallback& done, PublishStatus status);
  void tell_missed();
  void begin_outage(const std::string& reason);
  void tick();

  const RedisOptions options_;
  const RedisTarget target_;
  std::optional<unsigned> only_slot_;  ///< if the prefix has a hash tag
  Loop* loop_ = nullptr;
  Log* log_ = nullptr;
  BrokerEvents* events_ = nullptr;
  std::size_t max_message_bytes_ = 0;
  std::optional<RedisLocator> locator_;
  std::optional<Timer> timer_;
  std::optional<Timer> refresh_timer_;
  std::map<std::string, std::unique_ptr<RedisShard>> shards_;  ///< by address
  std::vector<RedisShard*> owners_;                            ///< by slot
  Channels channels_;
  std::unordered_map<std::string, std::vector<Held>> held_;  ///< until their channels are joined
  std::size_t held_count_ = 0;
  std::set<std::string> missed_;  ///< channels whose sessions have to be told
  Loop::Clock::time_point refreshed_at_ = {};
  bool is_searching_ = false;
  bool has_unplaced_ = false;  ///< channels without a shard
  bool has_begun_ = false;     ///< has been ready
  bool is_outage_logged_ = false;
  BrokerHealth health_;  ///< counters, and why there is no shard
};

}  // namespace wskit
