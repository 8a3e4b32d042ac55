#include <chrono>
#include <utility>

#include <wskit/broker.h>
#include <wskit/loop.h>

#include "core/check.h"
#include "core/message_ids.h"

namespace wskit {
namespace {

std::uint64_t wall_clock_ms() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::milliseconds>(now).count());
}

class LocalBroker final : public Broker {
 public:
  std::string_view name() const override { return "memory"; }

  void start(Loop& loop, Log&, std::size_t, Deliver deliver) override {
    loop_ = &loop;
    deliver_ = std::move(deliver);
  }

  void stop() override { deliver_ = nullptr; }

  void publish(std::string channel, Message message, PublishCallback done) override {
    WSKIT_CHECK(loop_ != nullptr);
    loop_->post([this, channel = std::move(channel), message = std::move(message),
                 done = std::move(done)]() mutable {
      PublishResult result{PublishStatus::unavailable, {}};
      if (deliver_ != nullptr) {
        ++published_;
        result = {PublishStatus::accepted, ids_.next(wall_clock_ms())};
        deliver_(std::move(channel), std::move(message));
      }
      if (done) done(std::move(result));
    });
  }

  BrokerHealth health() const override {
    BrokerHealth health;
    health.is_ready = deliver_ != nullptr;
    if (!health.is_ready) health.reason = "stopped";
    health.published = health.received = published_;
    return health;
  }

 private:
  Loop* loop_ = nullptr;
  Deliver deliver_;
  MessageIds ids_;
  std::uint64_t published_ = 0;
};

}  // namespace

std::unique_ptr<Broker> make_local_broker() {
  return std::make_unique<LocalBroker>();
}

}  // namespace wskit
