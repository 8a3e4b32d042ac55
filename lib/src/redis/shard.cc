#include "redis/shard.h"

#include <utility>

namespace wskit {
namespace {

/// For the answers to all subscriptions after a reconnect.
constexpr std::chrono::milliseconds kAnswerTimeout{5000};

}  // namespace

RedisShard::Link::Link(RedisShard& owner, Loop& loop, bool subscribes)
    : shard{owner}, is_subscriber{subscribes}, connection{loop, owner.target_, *this} {}

void RedisShard::Link::on_redis_ready() {
  is_subscriber ? shard.open() : shard.probe();
}

void RedisShard::Link::on_redis_lost(const std::string& reason) {
  shard.lose(is_subscriber, reason);
}

void RedisShard::Link::on_redis_push(RedisReply reply) {
  if (is_subscriber) shard.take_push(reply);
}

RedisShard::RedisShard(Loop& loop, Log& log, RedisTarget target, RedisShardEvents& events)
    : loop_{loop},
      target_{std::move(target)},
      events_{events},
      watch_{target_.name(), health_},
      publisher_{*this, loop, false},
      subscriber_{*this, loop, true} {
  watch_.use(log);
}

void RedisShard::start() {
  publisher_.connection.start();
  subscriber_.connection.start();
}

void RedisShard::stop() {
  watch_.stop();
  publisher_.connection.restart("stopped");
}

void RedisShard::open() {
  events_.on_shard_open(*this);
  // The last: when it is answered, so are all others.
  join_probe_channel();
}

void RedisShard::lose(bool was_subscribed, const std::string& reason) {
  watch_.become_unready(reason);
  if (was_subscribed) {
    is_probe_joined_ = false;
    probe_asked_at_.reset();
    asked_.clear();
  }
  events_.on_shard_lost(*this, was_subscribed);
}

void RedisShard::set_probe_channel(std::string channel) {
  if (is_probe_joined_) leave(probe_channel_);
  probe_channel_ = std::move(channel);
  if (!is_open()) return;
  is_probe_joined_ = false;
  watch_.become_unready("the slot of its probes has moved");
  join_probe_channel();
}

void RedisShard::join(const std::string& channel) {
  subscriber_.connection.send({"SSUBSCRIBE", channel});
  asked_.push_back({channel, true});
}

void RedisShard::leave(const std::string& channel) {
  subscriber_.connection.send({"SUNSUBSCRIBE", channel});
  asked_.push_back({channel, false});
}

void RedisShard::publish(std::string_view channel, std::string_view payload,
                         RedisConnection::Done done) {
  publisher_.connection.command({"SPUBLISH", channel, payload}, std::move(done));
}

void RedisShard::take_push(const RedisReply& reply) {
  const auto& parts = reply.elements;
  if (parts.size() != 3 || parts[0].text != "smessage") return take_answer(reply);
  if (parts[1].text != probe_channel_) {
    return events_.on_shard_message(parts[1].text, parts[2].text);
  }
  if (!watch_.take(parts[2].text, loop_.now())) return;
  watch_.become_ready();
  events_.on_shard_proved();
}

void RedisShard::take_answer(const RedisReply& reply) {
  const auto& parts = reply.elements;
  const auto is = [&](std::string_view kind) { return parts.size() == 3 && parts[0].text == kind; };
  const bool is_answer =
      !asked_.empty() &&
      (reply.is_error() || (is(asked_.front().is_join ? "ssubscribe" : "sunsubscribe") &&
                            parts[1].text == asked_.front().channel));
  if (is_answer) {
    const Asked asked = std::move(asked_.front());
    asked_.pop_front();
    if (asked.channel == probe_channel_) return take_probe_answer(reply);
    if (reply.is_error()) return events_.on_shard_refused(*this, asked.channel, reply);
    return asked.is_join ? events_.on_shard_joined(*this, asked.channel)
                         : events_.on_shard_left(*this, asked.channel);
  }
  if (!is("sunsubscribe")) return subscriber_.connection.restart("an answer that nobody asked for");
  // Redis tells by itself that a slot has moved away.
  if (parts[1].text == probe_channel_)
    return lose_probe_channel("the slot of its probes has moved");
  events_.on_shard_left(*this, parts[1].text);
}

void RedisShard::join_probe_channel() {
  join(probe_channel_);
  probe_asked_at_ = loop_.now();
}

void RedisShard::take_probe_answer(const RedisReply& reply) {
  probe_asked_at_.reset();
  if (reply.is_error()) {
    return lose_probe_channel("SSUBSCRIBE was refused (" + error_word(reply) + ")");
  }
  is_probe_joined_ = true;
  probe();
}

void RedisShard::lose_probe_channel(const std::string& reason) {
  is_probe_joined_ = false;
  watch_.become_unready(reason);
  events_.on_shard_moved();
}

void RedisShard::probe() {
  if (!is_open()) return;
  const auto now = loop_.now();
  if (probe_asked_at_) {
    if (now - *probe_asked_at_ >= kAnswerTimeout) subscriber_.connection.restart("no answer");
    return;
  }
  if (!is_probe_joined_) return join_probe_channel();
  if (!publisher_.connection.is_ready()) return;
  if (watch_.is_overdue(now)) {
    publisher_.connection.restart("a probe did not come back");
    subscriber_.connection.restart("a probe did not come back");
    return;
  }
  const auto text = watch_.next(now);
  if (!text) return;
  publish(probe_channel_, *text, [this](const std::optional<RedisReply>& reply) {
    if (!reply || !reply->is_error()) return;
    watch_.become_unready("SPUBLISH was refused (" + error_word(*reply) + ")");
    events_.on_shard_moved();
  });
}

}  // namespace wskit
