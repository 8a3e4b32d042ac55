#include "redis/pubsub_broker.h"

#include <algorithm>
#include <utility>

#include <wskit/error.h>

#include "core/check.h"
#include "core/control_message.h"
#include "redis/pubsub_message.h"
#include "redis/sharded_broker.h"

namespace wskit {
namespace {

constexpr std::chrono::milliseconds kProbeInterval{1000};

/// What a channel name cannot be.
constexpr std::string_view kProbeName = "!probe";

/// A Redis glob that matches exactly `text` and what follows it.
std::string prefix_pattern(std::string_view text) {
  std::string pattern;
  for (const char c : text) {
    if (std::string_view{"*?[]\\"}.find(c) != std::string_view::npos) pattern += '\\';
    pattern += c;
  }
  return pattern + "*";
}

}  // namespace

RedisPubSubBroker::Link::Link(RedisPubSubBroker& owner, Loop& loop, bool subscribes)
    : broker{owner}, is_subscriber{subscribes}, connection{loop, owner.target_, *this} {}

void RedisPubSubBroker::Link::on_redis_ready() {
  if (is_subscriber) broker.subscribe();
}

void RedisPubSubBroker::Link::on_redis_lost(const std::string& reason) {
  ++broker.health_.reconnects;
  broker.watch_.become_unready(reason);
}

void RedisPubSubBroker::Link::on_redis_push(RedisReply reply) {
  if (is_subscriber) broker.take_push(reply);
}

RedisPubSubBroker::RedisPubSubBroker(RedisOptions options)
    : options_{std::move(options)},
      target_{make_redis_target(options_)},
      probe_channel_{options_.prefix + std::string(kProbeName)},
      watch_{target_.name(), health_} {
  if (options_.prefix.empty()) throw Error("redis-prefix: may not be empty");
  if (options_.everyone_topic == probe_channel_) throw Error("redis-topic: is the probes' channel");
}

RedisPubSubBroker::~RedisPubSubBroker() = default;

void RedisPubSubBroker::start(Loop& loop, Log& log, std::size_t max_message_bytes,
                              BrokerEvents& events) {
  loop_ = &loop;
  log_ = &log;
  watch_.use(log);
  max_message_bytes_ = max_message_bytes;
  events_ = &events;
  publisher_.emplace(*this, loop, false);
  subscriber_.emplace(*this, loop, true);
  publisher_->connection.start();
  subscriber_->connection.start();
  probe_timer_.emplace(loop);
  probe_timer_->start_repeating(kProbeInterval, [this] { send_probe(); });
}

void RedisPubSubBroker::stop() {
  watch_.stop();
  events_ = nullptr;
  probe_timer_.reset();
  if (publisher_) publisher_->connection.restart("stopped");
  publisher_.reset();
  subscriber_.reset();
}

void RedisPubSubBroker::publish(Publication publication, PublishCallback done) {
  WSKIT_CHECK(loop_ != nullptr);
  loop_->post([this, publication = std::move(publication), done = std::move(done)] {
    publish_now(publication, done);
  });
}

void RedisPubSubBroker::publish_now(const Publication& publication, const PublishCallback& done) {
  if (!publication.idempotency_key.empty()) return answer(done, PublishStatus::unsupported);
  if (!health_.is_ready) return answer(done, PublishStatus::unavailable);
  publisher_->connection.command(
      {"PUBLISH", pubsub_name(options_, publication.channel), publication.message.payload()},
      [this, done](const std::optional<RedisReply>& reply) {
        if (!reply) return answer(done, PublishStatus::unknown);
        // Nobody got it, not even this node: its subscription is gone.
        const bool is_taken = reply->kind == RedisReply::Kind::integer && reply->integer > 0;
        answer(done, is_taken ? PublishStatus::accepted : PublishStatus::unavailable);
      });
}

void RedisPubSubBroker::answer(const PublishCallback& done, PublishStatus status) {
  ++(status == PublishStatus::accepted ? health_.published : health_.publish_failed);
  if (done) done({status});
}

void RedisPubSubBroker::subscribe() {
  RedisConnection& connection = subscriber_->connection;
  missing_acks_ = 1;
  connection.send({"PSUBSCRIBE", prefix_pattern(options_.prefix)});
  if (options_.everyone_topic.empty()) return;
  ++missing_acks_;
  connection.send({"SUBSCRIBE", options_.everyone_topic});
}

void RedisPubSubBroker::take_push(const RedisReply& reply) {
  const auto& parts = reply.elements;
  const auto is = [&](std::string_view kind, std::size_t count) {
    return parts.size() == count && parts[0].text == kind;
  };
  if (is("pmessage", 4)) {
    // The topic has a subscription of its own, also where the prefix's covers it.
    if (parts[2].text != options_.everyone_topic) take_message(parts[2].text, parts[3].text);
  } else if (is("message", 3)) {
    hand_over(std::string(kEveryone), parts[2].text);
  } else if (is("subscribe", 3) || is("psubscribe", 3)) {
    if (--missing_acks_ == 0) on_subscribed();
  } else {
    subscriber_->connection.restart("a subscription was refused");
  }
}

void RedisPubSubBroker::on_subscribed() {
  // The first is where this node begins.
  if (std::exchange(has_begun_, true)) {
    ++health_.gaps;
    log_->warn("messages_missed", {{"server", target_.name()}});
  }
  if (events_ != nullptr) events_->on_missed({});
  send_probe();
}

void RedisPubSubBroker::take_message(std::string_view redis_channel, std::string_view payload) {
  if (redis_channel == probe_channel_) {
    if (watch_.take(payload, loop_->now())) watch_.become_ready();
    return;
  }
  if (!redis_channel.starts_with(options_.prefix)) return;
  const std::string_view channel = redis_channel.substr(options_.prefix.size());
  if (!is_carried(channel)) {
    ++health_.skipped;
    return;
  }
  hand_over(std::string(channel), payload);
}

void RedisPubSubBroker::hand_over(std::string channel, std::string_view payload) {
  if (payload.size() > max_message_bytes_) {
    ++health_.skipped;
    return;
  }
  ++health_.received;
  events_->on_message(make_pubsub_message(std::move(channel), payload));
}

void RedisPubSubBroker::send_probe() {
  const bool are_connected =
      publisher_->connection.is_ready() && subscriber_->connection.is_ready() && missing_acks_ == 0;
  if (!are_connected) return;
  if (watch_.is_overdue(loop_->now())) {
    publisher_->connection.restart("a probe did not come back");
    subscriber_->connection.restart("a probe did not come back");
    return;
  }
  const auto probe = watch_.next(loop_->now());
  if (!probe) return;
  publisher_->connection.command({"PUBLISH", probe_channel_, *probe},
                                 [this](const std::optional<RedisReply>& reply) {
                                   if (reply && reply->is_error()) {
                                     watch_.become_unready("PUBLISH was refused");
                                   }
                                 });
}

std::unique_ptr<Broker> make_redis_pubsub_broker(RedisOptions options) {
  if (options.is_sharded) return std::make_unique<RedisShardedBroker>(std::move(options));
  return std::make_unique<RedisPubSubBroker>(std::move(options));
}

}  // namespace wskit
