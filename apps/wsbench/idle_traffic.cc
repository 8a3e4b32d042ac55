#include "idle_traffic.h"

#include <limits>
#include <random>

IdleTraffic::IdleTraffic(Worker& worker)
    : worker_{worker},
      pacer_{worker.loop(), [this](TimePoint) { ping_next(); }},
      is_waiting_(worker.plan().connections_of(worker.number())) {}

void IdleTraffic::begin(TimePoint start) {
  const LoadOptions& options = worker_.plan().options;
  const double interval = std::chrono::duration<double>(options.ping_interval).count();
  const auto count = static_cast<double>(worker_.clients().size());
  if (interval <= 0 || count == 0) return;
  // A random beginning, so that threads and hosts are not in step.
  const double phase = std::uniform_real_distribution{0.0, interval / count}(worker_.random());
  pacer_.begin(Schedule{start + seconds_long(phase), count / interval}, 0, 1,
               std::numeric_limits<std::uint64_t>::max(), worker_.until());
}

void IdleTraffic::ping_next() {
  LoadClient& client = worker_.clients()[next_client_];
  const std::size_t index = next_client_;
  next_client_ = (next_client_ + 1) % worker_.clients().size();
  if (!client.is_open() || client.is_closing()) return;
  if (is_waiting_[index]) {
    ++missing_count_;
  } else {
    is_waiting_[index] = true;
    ++waiting_count_;
  }
  client.ping();
  ++worker_.counts().sent;
}

void IdleTraffic::on_message(LoadClient&, wskit::MessageView) {
  ++worker_.counts().other;
}

void IdleTraffic::on_pong(LoadClient& client, std::chrono::microseconds round_trip) {
  const std::size_t index = worker_.index_of(client);
  if (!is_waiting_[index]) return;
  is_waiting_[index] = false;
  --waiting_count_;
  ++worker_.counts().answered;
  worker_.record_latency(round_trip, {}, Clock::now());
}

void IdleTraffic::on_gone(LoadClient& client) {
  const std::size_t index = worker_.index_of(client);
  if (!is_waiting_[index]) return;
  is_waiting_[index] = false;
  --waiting_count_;
  ++missing_count_;
}

void IdleTraffic::settle() {
  worker_.tally().expected = worker_.counts().sent;
  worker_.tally().lost = waiting_count_ + missing_count_;
}
