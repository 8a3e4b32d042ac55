#include "idle_traffic.h"

#include <algorithm>
#include <limits>
#include <random>

#include <fmt/format.h>

IdleTraffic::IdleTraffic(Worker& worker)
    : worker_{worker},
      pacer_{worker.loop(), [this](TimePoint) { ping_next(); }},
      timeout_{worker.loop()},
      waiting_(worker.plan().connections_of(worker.number())) {}

void IdleTraffic::begin(TimePoint start) {
  const LoadOptions& options = worker_.plan().options;
  const double interval = std::chrono::duration<double>(options.ping_interval).count();
  const auto count = static_cast<double>(worker_.clients().size());
  if (interval <= 0 || count == 0) return;
  // A random beginning, so that threads and hosts are not in step.
  const double phase = std::uniform_real_distribution{0.0, interval / count}(worker_.random());
  pacer_.begin(Schedule{start + seconds_long(phase), count / interval}, {1, 0, 1},
               std::numeric_limits<std::uint64_t>::max(), worker_.window().until);
}

void IdleTraffic::end() {
  pacer_.end([this](TimePoint due) { worker_.recorder().record_miss(due); });
  timeout_.stop();
}

void IdleTraffic::ping_next() {
  LoadClient& client = worker_.clients()[next_client_];
  const std::size_t index = next_client_;
  next_client_ = (next_client_ + 1) % worker_.clients().size();
  if (!client.is_open() || client.is_closing()) return;
  waiting_[index].push_back(Clock::now());
  ++waiting_count_;
  if (worker_.plan().options.ping_timeout.count() > 0) {
    pings_.push_back({index, waiting_[index].back()});
    if (pings_.size() == 1) wait_for_oldest();
  }
  client.ping();
  ++worker_.counts().sent;
}

void IdleTraffic::wait_for_oldest() {
  const TimePoint limit = pings_.front().sent_at + worker_.plan().options.ping_timeout;
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(limit - Clock::now());
  timeout_.start(std::max(left, std::chrono::milliseconds{0}), [this] { give_up_late(); });
}

void IdleTraffic::give_up_late() {
  const auto timeout = worker_.plan().options.ping_timeout;
  const TimePoint sent_before = Clock::now() - timeout;
  for (; !pings_.empty() && pings_.front().sent_at <= sent_before; pings_.pop_front()) {
    const Ping& ping = pings_.front();
    LoadClient& client = worker_.clients()[ping.client];
    const bool is_late = std::ranges::count(waiting_[ping.client], ping.sent_at) > 0;
    if (!is_late || client.is_closing()) continue;
    worker_.give_up(client, "no Pong", fmt::format("none came within {} ms", timeout.count()));
  }
  if (!pings_.empty()) wait_for_oldest();
}

void IdleTraffic::on_message(LoadClient&, const wskit::MessageView&) {
  ++worker_.counts().other;
}

void IdleTraffic::on_pong(LoadClient& client, std::chrono::microseconds round_trip) {
  std::vector<TimePoint>& waiting = waiting_[client.index()];
  const TimePoint now = Clock::now();
  // It stands for earlier Pings, too (RFC 6455 section 5.5.3).
  const auto after = std::ranges::upper_bound(waiting, now - round_trip);
  const auto count = static_cast<std::uint64_t>(after - waiting.begin());
  if (count == 0) return;
  waiting.erase(waiting.begin(), after);
  waiting_count_ -= count;
  worker_.counts().answered += count;
  ++worker_.counts().received;
  worker_.recorder().record_latency(round_trip, {}, now);
}

void IdleTraffic::on_gone(LoadClient& client) {
  std::vector<TimePoint>& waiting = waiting_[client.index()];
  waiting_count_ -= waiting.size();
  // Of a connection that we close, no more Pongs are expected.
  (client.is_closing() ? abandoned_count_ : missing_count_) += waiting.size();
  waiting.clear();
}

void IdleTraffic::settle() {
  worker_.tally().expected = worker_.counts().sent - abandoned_count_;
  worker_.tally().lost = waiting_count_ + missing_count_;
}
