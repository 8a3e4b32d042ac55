#include "fanout_traffic.h"

#include <algorithm>
#include <utility>

#include "share.h"

namespace {

/// Nothing has been completed for so long: what is under way is given up, so that publishing in a
/// closed loop goes on.
constexpr std::chrono::seconds kStallTime{1};

}  // namespace

FanoutTraffic::FanoutTraffic(Worker& worker)
    : worker_{worker},
      options_{worker.plan().options},
      board_{worker.board()},
      payload_{options_.payload},
      subscriptions_{worker.plan().connections_of(worker.number()), options_.fanout.publishers,
                     board_},
      arrivals_(options_.fanout.publishers),
      stall_timer_{worker.loop()} {
  board_.join(worker.number(), *this);
  if (!options_.fanout.subscribe.empty()) request_.emplace(options_.fanout.subscribe);
  for (std::size_t i = worker.number(); i < options_.fanout.publishers; i += options_.threads) {
    make_lane(i);
  }
  turn_end_ = worker.loop().on_turn_end([this] { end_turn(); });
}

void FanoutTraffic::end_turn() {
  post_completions();
  // Not as each message is complete: what one turn completes makes room for one burst. Each of it
  // is a write of its own, as independent publishers' are: joined, they cost a server half as much.
  for (Lane& lane : lanes_) publish_more(lane);
}

void FanoutTraffic::make_lane(std::size_t number) {
  Lane& lane = lanes_.emplace_back();
  lane.number = number;
  lane.pacer = std::make_unique<Pacer>(worker_.loop(),
                                       [this, &lane](TimePoint due) { publish_due(lane, due); });
  Tally& tally = worker_.tally();
  const auto on_problem = [this, &lane](const std::string& problem) {
    note_problem(lane, problem);
  };
  const auto on_refused = [this, &lane](std::uint64_t sequence, const std::string& problem) {
    note_refused(lane, static_cast<std::uint32_t>(sequence), problem);
  };
  PublisherEvents events{.on_ready =
                             [this, &lane] {
                               lane.is_ready = true;
                               worker_.after_settled();
                             },
                         .on_refused = on_refused,
                         .on_problem = on_problem,
                         .on_message =
                             [&tally](std::size_t bytes) {
                               ++tally.total.received;
                               ++tally.total.other;
                               tally.total.received_bytes += bytes;
                             }};
  // The loop does not run yet, so nothing comes before the lane is complete.
  lane.publisher = make_publisher(worker_.loop(), worker_.plan(), number, std::move(events));
}

void FanoutTraffic::note_problem(Lane& lane, const std::string& problem) {
  note_cause(worker_.tally().publish_failures, lane.is_ready ? "lost" : "not connected", problem);
  if (lane.is_ready || std::exchange(lane.has_failed, true)) return;
  worker_.after_settled();
}

void FanoutTraffic::note_refused(Lane& lane, std::uint32_t sequence, const std::string& problem) {
  Tally& tally = worker_.tally();
  ++tally.total.failed_publishes;
  note_cause(tally.publish_failures, "refused", problem);
  board_.note_refused(lane.number);
  lane.last_progress = Clock::now();
  if (lane.outstanding.find(sequence) == nullptr) return;
  lane.outstanding.forget(sequence);
  --lane.outstanding_count;
}

void FanoutTraffic::on_open(LoadClient& client) {
  const std::size_t index = client.index();
  if (request_) {
    std::string text;
    request_->append_to(text, {.connection = client.number()}, worker_.random());
    static_cast<void>(client.send({wskit::Opcode::text, text}));
  }
  if (waits_for_acks()) {
    ++pending_acks_;
  } else {
    subscribe(index);
  }
}

void FanoutTraffic::subscribe(std::size_t index) {
  subscriptions_.open(index);
  if (!has_begun_) return;
  settle_receivers();
  if (live_count_++ == 0) board_.note_subscribed_thread();
}

void FanoutTraffic::give_up_waiting() {
  if (pending_acks_ == 0) return;
  for (LoadClient& client : worker_.clients()) {
    if (!client.is_open() || subscriptions_.is_open(client.index())) continue;
    worker_.give_up(client, "not subscribed", "no answer had what --subscribe-ack says");
  }
}

void FanoutTraffic::count_parties(OpeningResult& result) const {
  result.receivers = subscriptions_.count();
  result.senders = static_cast<std::uint64_t>(std::ranges::count_if(lanes_, &Lane::is_ready));
}

void FanoutTraffic::take_ack(std::size_t index, std::string_view text) {
  if (!waits_for_acks() || subscriptions_.is_open(index)) return;
  if (text.find(options_.fanout.subscribe_ack) == std::string_view::npos) return;
  subscribe(index);
  --pending_acks_;
  worker_.after_settled();
}

bool FanoutTraffic::is_ready() const {
  return pending_acks_ == 0 && std::ranges::all_of(lanes_, [](const Lane& lane) {
           return lane.is_ready || lane.has_failed;
         });
}

void FanoutTraffic::on_gone(LoadClient& client) {
  const std::size_t index = client.index();
  if (!client.was_open()) return;
  if (!subscriptions_.is_open(index)) {
    if (waits_for_acks()) --pending_acks_;
    return;
  }
  if (is_publishing_) stop_awaiting(index);
  client.is_closing() ? subscriptions_.close(index) : subscriptions_.abandon(index);
  if (has_begun_ && --live_count_ == 0) board_.note_deserted_thread();
}

/// What is under way is for those who are here now, whoever comes later.
void FanoutTraffic::settle_receivers() {
  for (std::size_t i = 0; i < arrivals_.size(); ++i) {
    Arrivals& arrivals = arrivals_[i];
    const std::uint64_t published = board_.published_count(i);
    const std::uint64_t kept = std::min<std::uint64_t>(published, arrivals.recent.kCapacity);
    std::uint64_t sequence = std::max(arrivals.next, published - kept);
    for (; live_count_ > 0 && sequence < published; ++sequence) {
      arrivals.recent.add(static_cast<std::uint32_t>(sequence), {.missing_count = live_count_});
    }
    arrivals.next = published;
  }
}

/// Of what is under way, it gets nothing more.
void FanoutTraffic::stop_awaiting(std::size_t index) {
  settle_receivers();
  for (std::size_t i = 0; i < arrivals_.size(); ++i) {
    arrivals_[i].recent.visit([this, i, index](std::uint32_t sequence, Arriving& arriving) {
      if (!subscriptions_.awaits(index, i, sequence)) return;
      if (--arriving.missing_count == 0) finish(i, sequence, arriving);
    });
  }
}

void FanoutTraffic::prepare() {
  has_begun_ = true;
  live_count_ = static_cast<std::size_t>(
      std::ranges::count_if(worker_.clients(), [this](const LoadClient& client) {
        return client.is_open() && subscriptions_.is_open(client.index());
      }));
  if (live_count_ > 0) board_.note_subscribed_thread();
}

void FanoutTraffic::begin(TimePoint start) {
  is_publishing_ = true;
  const std::size_t publishers = options_.fanout.publishers;
  for (Lane& lane : lanes_) {
    const Turns turns{publishers, lane.number, publishers};
    lane.left = turns.count_of(options_.messages);
    lane.last_progress = start;
    if (options_.rate > 0) {
      lane.pacer->begin(rate_schedule(options_, start), turns, lane.left, worker_.window().until);
    }
  }
  if (options_.rate > 0) return;
  stall_timer_.start_repeating(std::chrono::milliseconds{kStallTime} / 4,
                               [this] { give_up_stalled(); });
}

void FanoutTraffic::end() {
  is_publishing_ = false;
  stall_timer_.stop();
  for (Lane& lane : lanes_) {
    worker_.counts().unsent += lane.waiting.size();
    lane.waiting.clear();
    lane.left = 0;
    lane.pacer->end([this](TimePoint due) { worker_.recorder().record_miss(due); });
  }
}

void FanoutTraffic::publish_due(Lane& lane, TimePoint due) {
  if (!lane.waiting.empty() || !lane.publisher->has_room()) {
    lane.waiting.push_back(due);
    return;
  }
  publish(lane, due);
}

void FanoutTraffic::publish_more(Lane& lane) {
  while (!lane.waiting.empty() && lane.publisher->has_room()) {
    const TimePoint due = lane.waiting.front();
    lane.waiting.pop_front();
    publish(lane, due, true);
  }
  if (options_.rate > 0 || !is_publishing_) return;
  while (lane.left > 0 && lane.outstanding_count < options_.in_flight &&
         lane.publisher->has_room()) {
    if (!publish(lane, Clock::now())) return;
  }
}

bool FanoutTraffic::publish(Lane& lane, TimePoint due, bool has_waited) {
  const auto lag = options_.rate > 0 ? Clock::now() - due : Clock::duration{0};
  // Who has waited for the server is late by no fault of the generator.
  if (options_.rate > 0 && !has_waited) worker_.recorder().record_lag(lag, due);
  const Stamp stamp{.run = board_.run_number(),
                    .sender = static_cast<std::uint16_t>(lane.number),
                    .sequence = lane.next_sequence,
                    .due = due.time_since_epoch(),
                    .lag = lag};
  const wskit::MessageView message = payload_.make(stamp, lane.number);
  --lane.left;
  // Before it is: another thread may have it first.
  board_.note_published(lane.number);
  if (!lane.publisher->publish(message.payload, lane.next_sequence)) {
    board_.take_back(lane.number);
    ++worker_.counts().unsent;
    return false;
  }
  ++worker_.counts().sent;
  worker_.counts().sent_bytes += message.payload.size();
  lane.outstanding.add(lane.next_sequence++, {board_.subscribed_threads(), TimePoint::max(), {}});
  ++lane.outstanding_count;
  return true;
}

void FanoutTraffic::give_up_stalled() {
  const TimePoint now = Clock::now();
  for (Lane& lane : lanes_) {
    if (lane.outstanding_count == 0 || now - lane.last_progress < kStallTime) continue;
    lane.outstanding.forget_all();
    lane.outstanding_count = 0;
    lane.last_progress = now;
    ++worker_.tally().stalls;
  }
}

void FanoutTraffic::on_message(LoadClient& client, const wskit::MessageView& message) {
  const std::size_t index = client.index();
  const auto stamp = stamps_.read(message.payload);
  const bool is_ours =
      stamp && stamp->run == board_.run_number() && stamp->sender < options_.fanout.publishers;
  const auto arrival =
      is_ours ? subscriptions_.note(index, stamp->sender, stamp->sequence) : std::nullopt;
  if (!arrival) {
    ++worker_.counts().other;
    return take_ack(index, message.payload);
  }
  if (arrival == SequenceTracker::Arrival::again) {
    ++worker_.counts().duplicated;
    return;
  }
  if (arrival == SequenceTracker::Arrival::late) ++worker_.counts().reordered;
  worker_.recorder().record_latency(*stamp);
  note_arrival(*stamp, worker_.recorder().arrival_time());
}

void FanoutTraffic::note_arrival(const Stamp& stamp, TimePoint now) {
  Arrivals& arrivals = arrivals_[stamp.sender];
  Arriving* arriving = arrivals.recent.find(stamp.sequence);
  if (arriving == nullptr) {
    arriving = arrivals.recent.add(stamp.sequence, {.missing_count = live_count_});
    if (arriving == nullptr) return;
    arrivals.next = std::max(arrivals.next, std::uint64_t{stamp.sequence} + 1);
  }
  arriving->first = std::min(arriving->first, now);
  arriving->last = now;
  if (--arriving->missing_count == 0) finish(stamp.sender, stamp.sequence, *arriving);
}

/// All subscribers of this thread have it that are to get it.
void FanoutTraffic::finish(std::size_t publisher, std::uint32_t sequence,
                           const Arriving& arriving) {
  const Completion completion{publisher, sequence, arriving.first, arriving.last};
  arrivals_[publisher].recent.forget(sequence);
  if (&board_.owner(publisher) == this) return complete(completion);
  completions_.push_back(completion);
}

void FanoutTraffic::post_completions() {
  if (completions_.empty()) return;
  const auto all = std::make_shared<const std::vector<Completion>>(std::exchange(completions_, {}));
  for (std::size_t thread = 0; thread < options_.threads; ++thread) {
    if (thread >= options_.fanout.publishers) return;
    FanoutTraffic& owner = board_.owner(thread);
    const auto take = [all, &owner] {
      for (const Completion& completion : *all) owner.complete(completion);
    };
    if (&owner != this) owner.worker_.post(take);
  }
}

void FanoutTraffic::complete(const Completion& completion) {
  if (completion.publisher % options_.threads != worker_.number()) return;
  Lane& lane = lanes_[completion.publisher / options_.threads];
  Lane::Outstanding* const message = lane.outstanding.find(completion.sequence);
  if (message == nullptr) return;
  message->first = std::min(message->first, completion.first);
  message->last = std::max(message->last, completion.last);
  lane.last_progress = Clock::now();
  if (--message->threads_left > 0) return;
  const bool has_come = message->first <= message->last;
  if (has_come) worker_.recorder().record_skew(message->last - message->first, message->first);
  lane.outstanding.forget(completion.sequence);
  --lane.outstanding_count;
}

bool FanoutTraffic::is_finished() const {
  return std::ranges::all_of(lanes_, [](const Lane& lane) { return lane.left == 0; });
}
