#include "redis/stream_broker.h"

#include <utility>

#include <fmt/format.h>

#include <wskit/error.h>

#include "core/check.h"
#include "crypto/random.h"

namespace wskit {
namespace {

constexpr std::chrono::milliseconds kTickInterval{1000};

/// After this long without its probe the way through Redis counts as broken.
constexpr std::chrono::milliseconds kProbeTimeout{2000};

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
      node_{random_hex(8)} {
  health_.reason = "Redis: not connected yet";
  if (options_.prefix.empty()) throw Error("redis-prefix: may not be empty");
  if (!options_.everyone_topic.empty()) throw Error("redis-topic: needs --broker redis-pubsub");
}

void RedisStreamBroker::start(Loop& loop, Log& log, std::size_t max_message_bytes,
                              BrokerEvents& events) {
  loop_ = &loop;
  log_ = &log;
  events_ = &events;
  reader_.emplace(loop, target_, keys_, max_message_bytes, static_cast<StreamReaderEvents&>(*this));
  publisher_.emplace(loop, target_, keys_, limits_, static_cast<StreamPublisherEvents&>(*this));
  queries_.emplace(loop, target_, keys_, max_message_bytes);
  reader_->start();
  publisher_->start();
  queries_->start();
  timer_.emplace(loop);
  timer_->start_repeating(kTickInterval, [this] { tick(); });
}

void RedisStreamBroker::stop() {
  health_.is_ready = false;
  health_.reason = "stopped";
  events_ = nullptr;
  timer_.reset();
  is_outage_logged_ = true;  // an end that was asked for is none
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

void RedisStreamBroker::on_reader_gap(MessageId origin) {
  // The first is where this node begins.
  if (std::exchange(has_origin_, true)) {
    ++health_.gaps;
    log_->warn("log_gap", {{"server", target_.name()}, {"origin", origin.text()}});
  }
  if (events_ != nullptr) events_->on_gap(origin);
}

void RedisStreamBroker::on_reader_ready(const StreamInfo& info) {
  is_reading_ = true;
  if (info.last_id == MessageId::last()) on_log_exhausted();
  send_probe();
}

void RedisStreamBroker::on_reader_lost(const std::string& reason) {
  is_reading_ = false;
  ++health_.reconnects;
  become_unready(reason);
}

void RedisStreamBroker::on_publisher_lost(const std::string& reason) {
  ++health_.reconnects;
  become_unready(reason);
}

void RedisStreamBroker::on_publisher_refused(const std::string& reason) {
  become_unready(reason);
}

void RedisStreamBroker::on_eviction_policy(const std::string& policy) {
  if (std::exchange(is_eviction_logged_, true)) return;
  log_->warn("redis_may_evict_log",
             {{"server", target_.name()}, {"maxmemory-policy", policy}, {"key", keys_.log}});
}

void RedisStreamBroker::on_log_exhausted() {
  is_exhausted_ = true;
  become_unready("the log " + keys_.log +
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
  if (probe_sent_) {
    if (loop_->now() - *probe_sent_ < kProbeTimeout) return;
    probe_sent_.reset();
    publisher_->restart("a probe did not come back");
    reader_->restart("a probe did not come back");
    return;
  }
  probe_sent_ = loop_->now();
  publisher_->probe(fmt::format("{}/{}", node_, ++probe_number_));
}

void RedisStreamBroker::on_probe(const std::string& text) {
  if (!probe_sent_ || text != fmt::format("{}/{}", node_, probe_number_)) return;
  const std::chrono::duration<double> lag = loop_->now() - *probe_sent_;
  probe_sent_.reset();
  health_.probe_lag_seconds = lag.count();
  if (is_exhausted_ || std::exchange(health_.is_ready, true)) return;
  health_.reason.clear();
  is_outage_logged_ = false;
  log_->info("redis_ready", {{"server", target_.name()}});
}

void RedisStreamBroker::become_unready(const std::string& reason) {
  probe_sent_.reset();
  health_.is_ready = false;
  health_.reason = "Redis: " + reason;
  // One line an outage; further attempts show in the metrics.
  const bool is_logged = std::exchange(is_outage_logged_, true);
  log_->write_if(is_logged ? LogLevel::debug : LogLevel::warn, "redis_lost",
                 {{"server", target_.name()}, {"reason", reason}});
}

std::unique_ptr<Broker> make_redis_stream_broker(RedisOptions options, LogLimits limits) {
  return std::make_unique<RedisStreamBroker>(std::move(options), limits);
}

}  // namespace wskit
