#include "stream_traffic.h"

namespace {

constexpr int kMaxBurst = 64;

}  // namespace

StreamTraffic::StreamTraffic(Worker& worker)
    : worker_{worker},
      options_{worker.plan().options},
      payload_{options_.payload},
      pacer_{worker.loop(), [this](TimePoint due) { send_due(due); }},
      again_{worker.loop(), [this] { fill_all(); }} {}

void StreamTraffic::begin(TimePoint start) {
  if (options_.scenario == Scenario::recv) return;
  const Turns turns = worker_.turns();
  left_ = turns.count_of(options_.messages);
  if (options_.rate > 0) {
    return pacer_.begin(rate_schedule(options_, start), turns, left_, worker_.window().until);
  }
  fill_all();
}

void StreamTraffic::fill_all() {
  for (LoadClient& client : worker_.clients()) fill(client);
}

void StreamTraffic::on_open(LoadClient& client) {
  if (options_.rate == 0 && options_.scenario == Scenario::send) fill(client);
}

void StreamTraffic::end() {
  left_ = 0;
  pacer_.end([this](TimePoint due) { worker_.recorder().record_miss(due); });
  again_.stop();
}

void StreamTraffic::on_drain(LoadClient& client) {
  if (options_.rate == 0) fill(client);
}

/// Sends until the kernel takes no more; then on_drain() goes on. For the sake of the others what
/// one connection can take without end is left for another turn.
void StreamTraffic::fill(LoadClient& client) {
  for (int i = 0; i < kMaxBurst; ++i) {
    if (left_ == 0 || !client.can_send() || client.queued_bytes() > 0) return;
    if (!send(client, Clock::now())) return;
  }
  again_.set(Clock::now());
}

void StreamTraffic::send_due(TimePoint due) {
  worker_.recorder().record_lag(Clock::now() - due, due);
  if (LoadClient* const client = worker_.next_sender()) {
    send(*client, due);
  } else {
    --left_;
    ++worker_.counts().unsent;
  }
}

bool StreamTraffic::send(LoadClient& client, TimePoint due) {
  const Stamp stamp{.run = worker_.board().run_number(),
                    .sender = static_cast<std::uint16_t>(client.number()),
                    .sequence = next_sequence_++,
                    .due = due.time_since_epoch()};
  --left_;
  return worker_.send(client, payload_.make(stamp, client.number()));
}
