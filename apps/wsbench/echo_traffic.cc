#include "echo_traffic.h"

#include <utility>

namespace {

/// No answer has come for so long: what a connection has under way in a closed loop is given up,
/// so that it goes on. An answer that comes yet is not lost.
constexpr std::chrono::seconds kStallTime{3};

}  // namespace

EchoTraffic::EchoTraffic(Worker& worker)
    : worker_{worker},
      options_{worker.plan().options},
      payload_{options_.payload},
      pacer_{worker.loop(), [this](TimePoint due) { send_due(due); }},
      stall_timer_{worker.loop()},
      lanes_(worker.plan().connections_of(worker.number())) {}

auto EchoTraffic::lane(const LoadClient& client) -> Lane& {
  return lanes_[client.index()];
}

void EchoTraffic::begin(TimePoint start) {
  const Turns turns = worker_.turns();
  left_ = turns.count_of(options_.messages);
  if (options_.rate > 0) {
    return pacer_.begin(rate_schedule(options_, start), turns, left_, worker_.window().until);
  }
  stall_timer_.start_repeating(std::chrono::milliseconds{kStallTime} / 4,
                               [this] { give_up_stalled(); });
  for (LoadClient& client : worker_.clients()) fill(client);
}

void EchoTraffic::on_open(LoadClient& client) {
  // What the connection before had sent is lost; its numbers go on.
  if (options_.rate == 0) fill(client);
}

void EchoTraffic::give_up_stalled() {
  if (left_ == 0) return;
  const TimePoint now = Clock::now();
  for (LoadClient& client : worker_.clients()) {
    Lane& stalled = lane(client);
    if (stalled.outstanding_count == 0 || now - stalled.last_progress < kStallTime) continue;
    const std::uint32_t count = std::exchange(stalled.outstanding_count, 0);
    stalled.given_up_before = stalled.next_sequence;
    if (payload_.is_stamped()) {
      stalled.given_up_count += count;
    } else {
      // Known by their order: what comes next answers what is sent next.
      outstanding_count_ -= count;
      stalled.sent.clear();
      stalled.first_sent = 0;
    }
    ++worker_.tally().stalls;
    fill(client);
  }
}

void EchoTraffic::fill(LoadClient& client) {
  while (client.can_send() && left_ > 0 && lane(client).outstanding_count < options_.in_flight) {
    if (!send(client, Clock::now())) return;
  }
}

void EchoTraffic::end() {
  left_ = 0;
  stall_timer_.stop();
  pacer_.end([this](TimePoint due) { worker_.recorder().record_miss(due); });
}

void EchoTraffic::send_due(TimePoint due) {
  if (LoadClient* const client = worker_.next_sender()) {
    send(*client, due);
  } else {
    --left_;
    ++worker_.counts().unsent;
  }
}

bool EchoTraffic::send(LoadClient& client, TimePoint due) {
  Lane& sender = lane(client);
  const bool is_paced = options_.rate > 0;
  const auto lag = is_paced ? Clock::now() - due : Clock::duration{0};
  if (is_paced) worker_.recorder().record_lag(lag, due);
  const Stamp stamp{.run = worker_.board().run_number(),
                    .sender = static_cast<std::uint16_t>(client.number()),
                    .sequence = sender.next_sequence,
                    .due = due.time_since_epoch(),
                    .lag = lag};
  const wskit::MessageView message = payload_.make(stamp, client.number());
  --left_;
  if (!worker_.send(client, message)) return false;
  ++sender.next_sequence;
  if (!is_paced && sender.outstanding_count == 0) sender.last_progress = due;
  ++sender.outstanding_count;
  ++outstanding_count_;
  if (payload_.is_stamped()) return true;
  const bool keeps_text = options_.is_verified && options_.payload.is_template;
  sender.sent.push_back({stamp, keeps_text ? std::string{message.payload} : std::string{}});
  return true;
}

void EchoTraffic::on_message(LoadClient& client, const wskit::MessageView& message) {
  payload_.is_stamped() ? take_stamped(client, message) : take_next(client, message);
}

void EchoTraffic::take_stamped(LoadClient& client, const wskit::MessageView& message) {
  const auto stamp = stamps_.read(message.payload);
  const bool is_ours = stamp && stamp->run == worker_.board().run_number() &&
                       stamp->sender == static_cast<std::uint16_t>(client.number());
  const Lane& sender = lane(client);
  if (!is_ours || stamp->sequence < sender.answered.first() ||
      stamp->sequence >= sender.next_sequence) {
    ++worker_.counts().other;
    return;
  }
  const auto arrival = lane(client).answered.note(stamp->sequence);
  if (arrival == SequenceTracker::Arrival::again) {
    ++worker_.counts().duplicated;
    return;
  }
  if (arrival == SequenceTracker::Arrival::late) ++worker_.counts().reordered;
  take_answer(client, *stamp, !options_.is_verified || payload_.matches(message, *stamp));
}

void EchoTraffic::take_next(LoadClient& client, const wskit::MessageView& message) {
  Lane& receiver = lane(client);
  if (receiver.first_sent == receiver.sent.size()) {
    ++worker_.counts().other;
    return;
  }
  const Sent sent = std::move(receiver.sent[receiver.first_sent++]);
  if (receiver.first_sent * 2 > receiver.sent.size()) {
    const auto end = receiver.sent.begin() + static_cast<std::ptrdiff_t>(receiver.first_sent);
    receiver.sent.erase(receiver.sent.begin(), end);
    receiver.first_sent = 0;
  }
  const bool is_right = !options_.is_verified ||
                        (options_.payload.is_template ? sent.text == message.payload
                                                      : payload_.matches(message, sent.stamp));
  take_answer(client, sent.stamp, is_right);
}

void EchoTraffic::take_answer(LoadClient& client, const Stamp& stamp, bool is_right) {
  if (!is_right) ++worker_.counts().mismatched;
  ++worker_.counts().answered;
  Lane& answered = lane(client);
  const bool was_given_up = stamp.sequence < answered.given_up_before;
  --(was_given_up ? answered.given_up_count : answered.outstanding_count);
  --outstanding_count_;
  answered.last_progress = worker_.recorder().arrival_time();
  worker_.recorder().record_latency(stamp);
  if (options_.rate == 0) fill(client);
}

void EchoTraffic::on_gone(LoadClient& client) {
  Lane& gone = lane(client);
  const std::uint32_t count = gone.outstanding_count + gone.given_up_count;
  // Of a connection that was closed for good, nothing more was expected.
  if (client.is_closing()) abandoned_count_ += count;
  outstanding_count_ -= count;
  gone.outstanding_count = gone.given_up_count = 0;
  gone.given_up_before = gone.next_sequence;
  gone.sent.clear();
  gone.first_sent = 0;
  if (!payload_.is_stamped()) return;
  gap_count_ += gone.answered.gap_count(client.is_closing() ? 0 : gone.next_sequence);
  gone.answered = SequenceTracker{gone.next_sequence};
}

void EchoTraffic::settle() {
  Tally& tally = worker_.tally();
  tally.expected = tally.total.sent - abandoned_count_;
  tally.lost = tally.expected - tally.total.answered;
  tally.gaps = gap_count_;
  if (!payload_.is_stamped()) return;
  for (const Lane& each : lanes_) tally.gaps += each.answered.gap_count(each.next_sequence);
}
