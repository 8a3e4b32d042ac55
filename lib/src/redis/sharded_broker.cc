#include "redis/sharded_broker.h"

#include <algorithm>
#include <span>
#include <utility>

#include <fmt/format.h>

#include <wskit/error.h>

#include "core/check.h"
#include "redis/pubsub_message.h"

namespace wskit {
namespace {

constexpr std::chrono::milliseconds kTickInterval{1000};

/// Between two questions for the map of slots, however many channels have moved.
constexpr std::chrono::milliseconds kRefreshInterval{200};

/// Publishes that wait until this node is subscribed to their channels.
constexpr std::size_t kMaxHeld = 10'000;

/// What a channel name cannot be.
constexpr std::string_view kProbeName = "!probe";

}  // namespace

RedisShardedBroker::RedisShardedBroker(RedisOptions options)
    : options_{std::move(options)},
      target_{make_redis_target(options_)},
      owners_(kSlotCount, nullptr) {
  const std::string& prefix = options_.prefix;
  const std::string& topic = options_.everyone_topic;
  if (prefix.empty()) throw Error("redis-prefix: may not be empty");
  if (topic.starts_with(prefix + std::string(kProbeName))) {
    throw Error("redis-topic: is a channel of the probes");
  }
  if (hash_tag(prefix) != prefix) only_slot_ = key_slot(prefix);
  if (only_slot_ && !topic.empty() && key_slot(topic) != *only_slot_) {
    throw Error("redis-topic: needs the hash tag of redis-prefix");
  }
  health_.reason = "Redis: not connected yet";
}

void RedisShardedBroker::start(Loop& loop, Log& log, std::size_t max_message_bytes,
                               BrokerEvents& events) {
  loop_ = &loop;
  log_ = &log;
  max_message_bytes_ = max_message_bytes;
  events_ = &events;
  locator_.emplace(loop, target_);
  refresh_timer_.emplace(loop);
  timer_.emplace(loop);
  timer_->start_repeating(kTickInterval, [this] { tick(); });
  want(options_.prefix + std::string(kEveryone), true);
  if (!options_.everyone_topic.empty()) want(options_.everyone_topic, true);
  if (target_.topology == RedisTopology::cluster) return refresh();
  take_slots({{0, kSlotCount - 1, target_.addresses.front()}});
}

void RedisShardedBroker::stop() {
  events_ = nullptr;
  timer_.reset();
  refresh_timer_.reset();
  locator_.reset();
  channels_.clear();
  std::ranges::fill(owners_, nullptr);
  for (const auto& [name, held] : std::exchange(held_, {})) {
    for (const Held& each : held) answer(each.done, PublishStatus::unavailable);
  }
  for (const auto& [address, shard] : std::exchange(shards_, {})) shard->stop();
  health_.reason = "stopped";
}

BrokerHealth RedisShardedBroker::health() const {
  BrokerHealth health = health_;
  health.is_ready = !shards_.empty() && !has_unplaced_;
  for (const auto& [address, shard] : shards_) {
    const BrokerHealth& part = shard->health();
    health.probe_lag_seconds = std::max(health.probe_lag_seconds, part.probe_lag_seconds);
    if (part.is_ready) continue;
    health.is_ready = false;
    health.reason = part.reason;
  }
  if (health.is_ready) health.reason.clear();
  return health;
}

void RedisShardedBroker::tick() {
  for (const auto& [address, shard] : shards_) shard->probe();
  if (!health().is_ready) refresh_soon();
}

// Which channels are subscribed to:

void RedisShardedBroker::set_wanted(const std::string& channel, bool is_wanted) {
  const std::string name = pubsub_name(options_, channel);
  // The topic is wanted always, and what is published there goes to everyone.
  if (events_ != nullptr && name != options_.everyone_topic) want(name, is_wanted);
}

void RedisShardedBroker::want(const std::string& name, bool is_wanted) {
  const auto [entry, is_new] = channels_.try_emplace(name);
  Channel& channel = entry->second;
  channel.is_wanted = is_wanted;
  if (is_new) channel.shard = owners_[key_slot(name)];
  if (channel.shard == nullptr) has_unplaced_ = true;
  settle(entry);
}

void RedisShardedBroker::settle(Channels::iterator entry) {
  const auto& [name, channel] = *entry;
  RedisShard* const shard = channel.shard;
  switch (channel.state) {
    case Channel::State::joining:
    case Channel::State::leaving:
      return;  // the answer will lead here again
    case Channel::State::joined:
      if (channel.is_wanted) return release(name);
      shard->leave(name);
      entry->second.state = Channel::State::leaving;
      return;
    case Channel::State::idle:
      if (!channel.is_wanted) {
        const std::string gone = name;
        channels_.erase(entry);
        return release(gone);
      }
      if (shard == nullptr || !shard->is_open()) {
        entry->second.has_missed = true;
        return release(name);
      }
      shard->join(name);
      entry->second.state = Channel::State::joining;
  }
}

void RedisShardedBroker::fall_idle(Channels::iterator entry) {
  entry->second.state = Channel::State::idle;
  entry->second.has_missed = true;
}

void RedisShardedBroker::lose_place(Channels::iterator entry, const std::string& reason) {
  fall_idle(entry);
  entry->second.shard = nullptr;
  if (entry->second.is_wanted) {
    has_unplaced_ = true;
    begin_outage(reason);
  }
  settle(entry);
}

auto RedisShardedBroker::find_at(const RedisShard& shard, const std::string& name)
    -> Channels::iterator {
  const auto found = channels_.find(name);
  return found != channels_.end() && found->second.shard == &shard ? found : channels_.end();
}

void RedisShardedBroker::on_shard_open(RedisShard& shard) {
  for (auto entry = channels_.begin(); entry != channels_.end();) {
    const auto each = entry++;
    if (each->second.shard == &shard) settle(each);
  }
}

void RedisShardedBroker::on_shard_lost(RedisShard& shard, bool was_subscribed) {
  ++health_.reconnects;
  if (!was_subscribed) return;
  for (auto entry = channels_.begin(); entry != channels_.end();) {
    const auto each = entry++;
    if (each->second.shard != &shard) continue;
    fall_idle(each);
    settle(each);
  }
}

void RedisShardedBroker::on_shard_joined(RedisShard& shard, const std::string& name) {
  const auto entry = find_at(shard, name);
  if (entry == channels_.end()) return;
  entry->second.state = Channel::State::joined;
  if (std::exchange(entry->second.has_missed, false)) missed_.insert(channel_of(name));
  settle(entry);
}

void RedisShardedBroker::on_shard_left(RedisShard& shard, const std::string& name) {
  const auto entry = find_at(shard, name);
  if (entry == channels_.end()) return;
  if (entry->second.state == Channel::State::joined) {
    lose_place(entry, "the slot of a channel has moved");
    return refresh_soon();
  }
  if (entry->second.state != Channel::State::leaving) return;
  entry->second.state = Channel::State::idle;
  settle(entry);
}

void RedisShardedBroker::on_shard_refused(RedisShard& shard, const std::string& name,
                                          const RedisReply& error) {
  const auto entry = find_at(shard, name);
  if (entry == channels_.end()) return;
  const std::string word = error_word(error);
  lose_place(entry, "SSUBSCRIBE was refused (" + word + ")");
  // What else is wrong is tried again with the next tick.
  if (word == "MOVED") refresh_soon();
}

void RedisShardedBroker::on_shard_proved() {
  tell_missed();
  if (!health().is_ready) return;
  has_begun_ = true;
  if (std::exchange(is_outage_logged_, false)) {
    log_->info("redis_ready", {{"server", target_.name()}});
  }
}

void RedisShardedBroker::on_shard_message(const std::string& name, std::string_view payload) {
  if (events_ == nullptr || !channels_.contains(name)) return;
  if (payload.size() > max_message_bytes_) {
    ++health_.skipped;
    return;
  }
  tell_missed();
  ++health_.received;
  events_->on_message(make_pubsub_message(channel_of(name), payload));
}

std::string RedisShardedBroker::channel_of(const std::string& name) const {
  if (name == options_.everyone_topic) return std::string(kEveryone);
  return name.substr(options_.prefix.size());
}

void RedisShardedBroker::tell_missed() {
  if (missed_.empty() || events_ == nullptr) return;
  const std::vector<std::string> channels{missed_.begin(), missed_.end()};
  missed_.clear();
  // The first are where this node begins.
  if (has_begun_) {
    ++health_.gaps;
    log_->warn("messages_missed", {{"server", target_.name()},
                                   {"channels", static_cast<std::int64_t>(channels.size())}});
  }
  events_->on_missed(channels);
}

void RedisShardedBroker::begin_outage(const std::string& reason) {
  health_.reason = "Redis: " + reason;
  if (std::exchange(is_outage_logged_, true)) return;
  log_->warn("redis_lost", {{"server", target_.name()}, {"reason", reason}});
}

// Where they are:

void RedisShardedBroker::refresh_soon() {
  if (events_ == nullptr || is_searching_ || refresh_timer_->is_running()) return;
  const auto wait = refreshed_at_ + kRefreshInterval - loop_->now();
  refresh_timer_->start(std::chrono::duration_cast<std::chrono::milliseconds>(wait),
                        [this] { refresh(); });
}

void RedisShardedBroker::refresh() {
  refreshed_at_ = loop_->now();
  if (target_.topology != RedisTopology::cluster) return place_all();
  is_searching_ = true;
  locator_->find_slots([this](const std::vector<SlotRange>& ranges, const std::string& reason) {
    is_searching_ = false;
    refreshed_at_ = loop_->now();
    if (!ranges.empty()) return take_slots(ranges);
    begin_outage("no server was found: " + reason);
  });
}

void RedisShardedBroker::take_slots(const std::vector<SlotRange>& ranges) {
  auto before = std::exchange(shards_, {});
  std::ranges::fill(owners_, nullptr);
  std::vector<RedisShard*> added;
  for (const SlotRange& range : ranges) {
    const std::span slots{owners_.begin() + range.first, owners_.begin() + range.last + 1};
    // A slot has one master only, so each shard has a slot.
    const bool is_free =
        std::ranges::all_of(slots, [](const RedisShard* owner) { return owner == nullptr; });
    if (!is_free || (only_slot_ && !range.contains(*only_slot_))) continue;
    const std::string address = range.master.name();
    if (auto known = before.extract(address)) shards_.insert(std::move(known));
    std::unique_ptr<RedisShard>& shard = shards_[address];
    if (shard == nullptr) {
      shard = std::make_unique<RedisShard>(*loop_, *log_, shard_target(range.master),
                                           static_cast<RedisShardEvents&>(*this));
      added.push_back(shard.get());
    }
    std::ranges::fill(slots, shard.get());
  }
  for (const auto& [address, shard] : shards_) {
    const std::string& probe = shard->probe_channel();
    const bool is_there = !probe.empty() && owners_[key_slot(probe)] == shard.get();
    if (!is_there) shard->set_probe_channel(probe_channel_of(*shard));
  }
  for (RedisShard* const shard : added) shard->start();
  place_all();
  for (const auto& [address, shard] : before) shard->stop();
}

RedisTarget RedisShardedBroker::shard_target(const RedisAddress& master) const {
  RedisTarget target = target_;
  if (target_.topology != RedisTopology::cluster) return target;
  target.topology = RedisTopology::single;
  target.addresses = {master};
  return target;
}

std::string RedisShardedBroker::probe_channel_of(const RedisShard& shard) const {
  // The names spread over all slots, or with a hash tag all have the one that is used.
  for (unsigned number = 0;; ++number) {
    std::string name = fmt::format("{}{}:{}", options_.prefix, kProbeName, number);
    if (owners_[key_slot(name)] == &shard) return name;
  }
}

void RedisShardedBroker::place_all() {
  has_unplaced_ = false;
  for (auto entry = channels_.begin(); entry != channels_.end();) {
    const auto each = entry++;
    auto& [name, channel] = *each;
    RedisShard* const owner = owners_[key_slot(name)];
    if (owner == nullptr) has_unplaced_ = true;
    if (owner == channel.shard) continue;
    const bool is_joined =
        channel.state == Channel::State::joined || channel.state == Channel::State::joining;
    // Where it moved from does not know yet.
    if (is_joined) channel.shard->leave(name);
    fall_idle(each);
    channel.shard = owner;
    settle(each);
  }
}

// Publishing:

void RedisShardedBroker::publish(Publication publication, PublishCallback done) {
  WSKIT_CHECK(loop_ != nullptr);
  loop_->post([this, publication = std::move(publication), done = std::move(done)] {
    publish_now(publication, done);
  });
}

void RedisShardedBroker::publish_now(const Publication& publication, const PublishCallback& done) {
  if (!publication.idempotency_key.empty()) return answer(done, PublishStatus::unsupported);
  const std::string name = pubsub_name(options_, publication.channel);
  RedisShard* const shard = owners_[key_slot(name)];
  if (shard == nullptr || !shard->health().is_ready) {
    return answer(done, PublishStatus::unavailable);
  }
  const auto own = channels_.find(name);
  if (own != channels_.end() && own->second.is_wanted &&
      own->second.state != Channel::State::joined) {
    // This node's sessions would miss it.
    if (own->second.state == Channel::State::idle || held_count_ >= kMaxHeld) {
      return answer(done, PublishStatus::unavailable);
    }
    held_[name].push_back({publication, done});
    ++held_count_;
    return;
  }
  shard->publish(name, publication.message.payload(),
                 [this, name, done](const std::optional<RedisReply>& reply) {
                   if (!reply) return answer(done, PublishStatus::unknown);
                   const auto entry = channels_.find(name);
                   const bool is_joined =
                       entry != channels_.end() && entry->second.state == Channel::State::joined;
                   // Nobody got it where this node should have: its subscription is gone.
                   const bool is_taken = reply->kind == RedisReply::Kind::integer &&
                                         (reply->integer > 0 || !is_joined);
                   if (!is_taken) refresh_soon();
                   answer(done, is_taken ? PublishStatus::accepted : PublishStatus::unavailable);
                 });
}

void RedisShardedBroker::release(const std::string& name) {
  const auto held = held_.extract(name);
  if (!held) return;
  held_count_ -= held.mapped().size();
  for (const Held& each : held.mapped()) publish_now(each.publication, each.done);
}

void RedisShardedBroker::answer(const PublishCallback& done, PublishStatus status) {
  ++(status == PublishStatus::accepted ? health_.published : health_.publish_failed);
  if (done) done({status});
}

}  // namespace wskit
