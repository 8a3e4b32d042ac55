#include <deque>
#include <optional>
#include <unordered_map>
#include <utility>

#include <wskit/broker.h>
#include <wskit/loop.h>

#include "core/check.h"
#include "core/message_log.h"
#include "net/wall_clock.h"

namespace wskit {
namespace {

constexpr std::chrono::seconds kTrimInterval{1};

/// How long an idempotency key counts, and how many are kept at most.
constexpr std::uint64_t kKeyMs = 5 * 60 * 1000;
constexpr std::size_t kMaxKeys = 100'000;

std::uint64_t now_ms() {
  return static_cast<std::uint64_t>(wall_clock_ms());
}

/// The publishes that had a key, for as long as it counts.
class KeyTable {
 public:
  /// What the first publish under the key got, or nothing.
  const ChannelMessage* find(const std::string& key, std::uint64_t now_ms) {
    while (!order_.empty() && order_.front().first + kKeyMs < now_ms) drop_oldest();
    const auto found = messages_.find(key);
    return found == messages_.end() ? nullptr : found->second.get();
  }

  void add(std::string key, SharedMessage message, std::uint64_t now_ms) {
    if (order_.size() == kMaxKeys) drop_oldest();
    order_.emplace_back(now_ms, key);
    messages_.emplace(std::move(key), std::move(message));
  }

 private:
  void drop_oldest() {
    messages_.erase(order_.front().second);
    order_.pop_front();
  }

  std::deque<std::pair<std::uint64_t, std::string>> order_;  ///< with the time of each
  std::unordered_map<std::string, SharedMessage> messages_;
};

bool is_same(const ChannelMessage& message, const Publication& publication) {
  return message.channel == publication.channel &&
         *message.message.frame() == *publication.message.frame() &&
         message.message.is_json() == publication.message.is_json();
}

class LocalBroker final : public Broker {
 public:
  explicit LocalBroker(LogLimits limits)
      : origin_{now_ms(), 0}, ids_{origin_}, log_{limits, origin_} {}

  std::string_view name() const override { return "memory"; }

  bool has_log() const override { return true; }

  void start(Loop& loop, Log&, std::size_t, BrokerEvents& events) override {
    loop_ = &loop;
    events_ = &events;
    events.on_gap({}, origin_);
    trim_timer_.emplace(loop);
    trim_timer_->start_repeating(kTrimInterval, [this] { log_.drop_old(now_ms()); });
  }

  void stop() override {
    events_ = nullptr;
    trim_timer_.reset();
  }

  void publish(Publication publication, PublishCallback done) override {
    WSKIT_CHECK(loop_ != nullptr);
    loop_->post([this, publication = std::move(publication), done = std::move(done)]() mutable {
      const PublishResult result = publish_now(std::move(publication));
      if (done) done(result);
    });
  }

  void query(LogQuery query, LogCallback done) override {
    if (!log_.covers(query.after)) return done({LogAnswer::Status::gap, {}, log_.reach()});
    MessageLog::Page page = log_.read(query.channels, query.after, query.max_bytes);
    done({LogAnswer::Status::ok, std::move(page.messages), page.read_to});
  }

  void history(HistoryQuery query, HistoryCallback done) override { done(log_.history(query)); }

  BrokerHealth health() const override {
    BrokerHealth health;
    health.is_ready = events_ != nullptr;
    if (!health.is_ready) health.reason = "stopped";
    health.published = health.received = published_;
    return health;
  }

 private:
  PublishResult publish_now(Publication publication) {
    if (events_ == nullptr) return {PublishStatus::unavailable};
    const std::uint64_t now = now_ms();
    if (!publication.idempotency_key.empty()) {
      if (const auto* first = keys_.find(publication.idempotency_key, now)) {
        if (!is_same(*first, publication)) return {PublishStatus::conflict};
        return {PublishStatus::accepted, first->id};
      }
    }
    auto message = std::make_shared<const ChannelMessage>(ChannelMessage{
        std::move(publication.channel), std::move(publication.message), ids_.next(now)});
    if (!publication.idempotency_key.empty()) {
      keys_.add(std::move(publication.idempotency_key), message, now);
    }
    ++published_;
    log_.append(message);
    events_->on_message(message);
    return {PublishStatus::accepted, message->id};
  }

  Loop* loop_ = nullptr;
  BrokerEvents* events_ = nullptr;
  MessageId origin_;
  MessageIds ids_;
  MessageLog log_;
  KeyTable keys_;
  std::optional<Timer> trim_timer_;
  std::uint64_t published_ = 0;
};

}  // namespace

std::unique_ptr<Broker> make_local_broker(LogLimits limits) {
  return std::make_unique<LocalBroker>(limits);
}

}  // namespace wskit
