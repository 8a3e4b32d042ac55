#include "redis/stream_broker.h"

#include <utility>

#include <wskit/error.h>

#include "core/check.h"

namespace wskit {
namespace {

constexpr std::chrono::milliseconds kTickInterval{1000};

RedisTarget find_target(const RedisOptions& options, const StreamKeys& keys) {
  RedisTarget target = make_redis_target(options);
  target.key = keys.log;
  return target;
}

}  // namespace

RedisStreamBroker::RedisStreamBroker(RedisOptions options, LogLimits limits)
    : options_{std::move(options)},
      limits_{limits},
      keys_{options_.prefix},
      target_{find_target(options_, keys_)},
      watch_{target_.name(), health_} {
  if (options_.prefix.empty()) throw Error("redis-prefix: may not be empty");
  if (!options_.everyone_topic.empty()) throw Error("redis-topic: needs --broker redis-pubsub");
  if (options_.is_sharded) throw Error("redis-sharded: needs --broker redis-pubsub");
}

void RedisStreamBroker::start(Loop& loop, Log& log, std::size_t max_message_bytes,
                              BrokerEvents& events) {
  loop_ = &loop;
  log_ = &log;
  watch_.use(log);
  events_ = &events;
  max_message_bytes_ = max_message_bytes;
  reader_.emplace(loop, target_, keys_, max_message_bytes_,
                  static_cast<StreamReaderEvents&>(*this));
  publisher_.emplace(loop, target_, keys_, limits_, static_cast<StreamPublisherEvents&>(*this));
  queries_.emplace(loop, target_, keys_, max_message_bytes_);
  reader_->start();
  publisher_->start();
  queries_->start();
  timer_.emplace(loop);
  timer_->start_repeating(kTickInterval, [this] { tick(); });
}

void RedisStreamBroker::stop() {
  watch_.stop();
  events_ = nullptr;
  timer_.reset();
  if (publisher_) publisher_->restart("stopped");
  publisher_.reset();
  reader_.reset();
  queries_.reset();
}

void RedisStreamBroker::publish(Publication publication, PublishCallback done) {
  WSKIT_CHECK(loop_ != nullptr);
  loop_->post([this, publication = std::move(publication), done = std::move(done)] {
    publish_now(publication, done);
  });
}

void RedisStreamBroker::publish_now(const Publication& publication, const PublishCallback& done) {
  const auto answer = [this, done](const PublishResult& result) {
    const bool is_failed =
        result.status == PublishStatus::unavailable || result.status == PublishStatus::unknown;
    ++(is_failed ? health_.publish_failed : health_.published);
    if (done) done(result);
  };
  if (!health_.is_ready) return answer({PublishStatus::unavailable});
  publisher_->publish(publication, answer);
}

void RedisStreamBroker::query(LogQuery query, LogCallback done) {
  if (!queries_) return done({LogAnswer::Status::unavailable, {}, {}});
  queries_->query(std::move(query), std::move(done));
}

void RedisStreamBroker::history(HistoryQuery query, HistoryCallback done) {
  if (!queries_) return done({false, {}, false});
  queries_->history(std::move(query), std::move(done));
}

void RedisStreamBroker::on_entry(StreamEntry entry) {
  if (entry.id == MessageId::last()) on_log_exhausted();
  if (entry.message == nullptr) {
    ++health_.skipped;
    return;
  }
  ++health_.received;
  if (events_ != nullptr) events_->on_message(std::move(entry.message));
}

void RedisStreamBroker::on_reader_gap(MessageId since, MessageId origin) {
  // The first is where this node begins.
  if (std::exchange(has_origin_, true)) {
    ++health_.gaps;
    log_->warn("log_gap", {{"server", target_.name()}, {"origin", origin.text()}});
  }
  if (events_ != nullptr) events_->on_gap(since, origin);
}

void RedisStreamBroker::on_reader_ready(const StreamInfo& info) {
  is_reading_ = true;
  if (info.last_id == MessageId::last()) on_log_exhausted();
  send_probe();
}

void RedisStreamBroker::on_reader_lost(const std::string& reason) {
  is_reading_ = false;
  ++health_.reconnects;
  watch_.become_unready(reason);
}

void RedisStreamBroker::on_publisher_lost(const std::string& reason) {
  ++health_.reconnects;
  watch_.become_unready(reason);
}

void RedisStreamBroker::on_publisher_refused(const std::string& reason) {
  watch_.become_unready(reason);
}

void RedisStreamBroker::on_eviction_policy(const std::string& policy) {
  if (std::exchange(is_eviction_logged_, true)) return;
  log_->warn("redis_may_evict_log",
             {{"server", target_.name()}, {"maxmemory-policy", policy}, {"key", keys_.log}});
}

void RedisStreamBroker::on_log_exhausted() {
  is_exhausted_ = true;
  watch_.become_unready(
      "the log " + keys_.log +
      " has an entry with the highest possible id, which nothing can follow: rename or "
      "delete that key");
}

void RedisStreamBroker::tick() {
  if (publisher_->is_ready()) publisher_->trim();
  if (publisher_->is_ready() && is_exhausted_) {
    publisher_->look([this](bool is_exhausted) { is_exhausted_ = is_exhausted; });
  }
  send_probe();
}

void RedisStreamBroker::send_probe() {
  if (!is_reading_ || !publisher_->is_ready()) return;
  if (watch_.is_overdue(loop_->now())) {
    publisher_->restart("a probe did not come back");
    reader_->restart("a probe did not come back");
    queries_->restart("a probe did not come back");
    return;
  }
  if (const auto probe = watch_.next(loop_->now())) publisher_->probe(*probe);
}

void RedisStreamBroker::on_probe(const std::string& text) {
  if (watch_.take(text, loop_->now()) && !is_exhausted_) watch_.become_ready();
}

std::unique_ptr<Broker> make_redis_stream_broker(RedisOptions options, LogLimits limits) {
  return std::make_unique<RedisStreamBroker>(std::move(options), limits);
}

}  // namespace wskit
