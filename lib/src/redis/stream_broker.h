#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include <wskit/broker.h>
#include <wskit/log.h>
#include <wskit/loop.h>
#include <wskit/redis.h>

#include "redis/probe_watch.h"
#include "redis/stream_entry.h"
#include "redis/stream_publisher.h"
#include "redis/stream_queries.h"
#include "redis/stream_reader.h"
#include "redis/target.h"

namespace wskit {

/// A log in a Redis stream that every node follows.
///
/// Ready means proved: every second a probe is appended to a stream beside the log and must come
/// back the way messages do. While it does not, nothing is published.
/// Thread: publish() any; the rest the loop's.
class RedisStreamBroker final : public Broker,
                                private StreamReaderEvents,
                                private StreamPublisherEvents {
 public:
  RedisStreamBroker(RedisOptions options, LogLimits limits);

  std::string_view name() const override { return "redis-stream"; }
  bool has_log() const override { return true; }
  void start(Loop& loop, Log& log, std::size_t max_message_bytes, BrokerEvents& events) override;
  void set_max_message_bytes(std::size_t max) override { max_message_bytes_ = max; }
  void stop() override;
  void publish(Publication publication, PublishCallback done) override;
  void query(LogQuery query, LogCallback done) override;
  void history(HistoryQuery query, HistoryCallback done) override;
  BrokerHealth health() const override { return health_; }

 private:
  void on_entry(StreamEntry entry) override;
  void on_reader_gap(MessageId since, MessageId origin) override;
  void on_reader_ready(const StreamInfo& info) override;
  void on_reader_lost(const std::string& reason) override;
  void on_probe(const std::string& text) override;
  void on_publisher_ready() override { send_probe(); }
  void on_publisher_lost(const std::string& reason) override;
  void on_publisher_refused(const std::string& reason) override;
  void on_log_exhausted() override;
  void on_eviction_policy(const std::string& policy) override;

  void publish_now(const Publication& publication, const PublishCallback& done);
  void tick();
  void send_probe();

  const RedisOptions options_;
  const LogLimits limits_;
  const StreamKeys keys_;
  const RedisTarget target_;
  std::size_t max_message_bytes_ = 0;
  Loop* loop_ = nullptr;
  Log* log_ = nullptr;
  BrokerEvents* events_ = nullptr;
  std::optional<StreamReader> reader_;
  std::optional<StreamPublisher> publisher_;
  std::optional<StreamQueries> queries_;
  std::optional<Timer> timer_;
  bool is_reading_ = false;
  bool has_origin_ = false;
  bool is_exhausted_ = false;  ///< the log takes nothing more
  bool is_eviction_logged_ = false;
  BrokerHealth health_;
  ProbeWatch watch_;
};

}  // namespace wskit
