#include "echo_traffic.h"

#include <utility>

#include "share.h"

EchoTraffic::EchoTraffic(Worker& worker)
    : worker_{worker},
      options_{worker.plan().options},
      payload_{options_.payload},
      pacer_{worker.loop(), [this](TimePoint due) { send_due(due); }},
      lanes_(worker.plan().connections_of(worker.number())) {}

auto EchoTraffic::lane(const LoadClient& client) -> Lane& {
  return lanes_[worker_.index_of(client)];
}

void EchoTraffic::begin(TimePoint start) {
  left_ = share_of_limit(options_.messages, worker_.number(), options_.threads);
  if (options_.rate > 0) {
    return pacer_.begin(rate_schedule(options_, start), worker_.number(), options_.threads, left_,
                        worker_.until());
  }
  for (LoadClient& client : worker_.clients()) fill(client);
}

void EchoTraffic::on_open(LoadClient& client) {
  // What the connection before had sent is lost; its numbers go on.
  if (options_.rate == 0) fill(client);
}

void EchoTraffic::fill(LoadClient& client) {
  while (client.can_send() && left_ > 0 && lane(client).outstanding_count < options_.in_flight) {
    if (!send(client, Clock::now())) return;
  }
}

void EchoTraffic::end() {
  left_ = 0;
  pacer_.end();
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
  if (is_paced) worker_.record_lag(lag, due);
  const Stamp stamp{.run = worker_.plan().run,
                    .sender = static_cast<std::uint16_t>(client.number()),
                    .sequence = sender.next_sequence,
                    .due = due.time_since_epoch(),
                    .lag = lag};
  const wskit::MessageView message = payload_.make(stamp, client.number());
  --left_;
  if (!worker_.send(client, message)) return false;
  ++sender.next_sequence;
  ++sender.outstanding_count;
  ++outstanding_count_;
  if (payload_.is_stamped()) return true;
  const bool keeps_text = options_.is_verified && options_.payload.is_template;
  sender.sent.push_back({stamp, keeps_text ? std::string{message.payload} : std::string{}});
  return true;
}

void EchoTraffic::on_message(LoadClient& client, wskit::MessageView message) {
  payload_.is_stamped() ? take_stamped(client, message) : take_next(client, message);
}

void EchoTraffic::take_stamped(LoadClient& client, wskit::MessageView message) {
  const auto stamp = stamps_.read(message.payload);
  const bool is_ours = stamp && stamp->run == worker_.plan().run &&
                       stamp->sender == static_cast<std::uint16_t>(client.number());
  if (!is_ours || stamp->sequence >= lane(client).next_sequence) {
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

void EchoTraffic::take_next(LoadClient& client, wskit::MessageView message) {
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
  const TimePoint now = worker_.arrival_time();
  if (!is_right) ++worker_.counts().mismatched;
  ++worker_.counts().answered;
  --lane(client).outstanding_count;
  --outstanding_count_;
  worker_.record_latency(since(stamp.due, now.time_since_epoch()), stamp.lag, now);
  if (options_.rate == 0) fill(client);
}

void EchoTraffic::on_gone(LoadClient& client) {
  Lane& gone = lane(client);
  // Of a connection that was closed for good, nothing more was expected.
  if (client.is_closing()) abandoned_count_ += gone.outstanding_count;
  outstanding_count_ -= std::exchange(gone.outstanding_count, 0);
  gone.sent.clear();
  gone.first_sent = 0;
}

void EchoTraffic::settle() {
  Tally& tally = worker_.tally();
  tally.expected = tally.total.sent - abandoned_count_;
  tally.lost = tally.expected - tally.total.answered;
  if (!payload_.is_stamped()) return;
  for (const Lane& each : lanes_) tally.gaps += each.answered.gap_count(each.next_sequence);
}
