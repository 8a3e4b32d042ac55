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
      board_{*worker.plan().board},
      payload_{options_.payload},
      subscribed_(worker.plan().connections_of(worker.number())),
      trackers_(subscribed_.size() * options_.fanout.publishers),
      arriving_(options_.fanout.publishers),
      stall_timer_{worker.loop()} {
  board_.join(worker.number(), *this);
  if (!options_.fanout.subscribe.empty()) subscribe_.emplace(options_.fanout.subscribe);
  for (std::size_t i = worker.number(); i < options_.fanout.publishers; i += options_.threads) {
    make_lane(i);
  }
  turn_end_ = worker.loop().on_turn_end([this] { end_turn(); });
}

void FanoutTraffic::end_turn() {
  post_completions();
  // Not as each message is complete: what one turn completes makes room for one burst.
  for (Lane& lane : lanes_) publish_more(lane);
}

void FanoutTraffic::make_lane(std::size_t number) {
  Lane& lane = lanes_.emplace_back();
  lane.number = number;
  lane.pacer = std::make_unique<Pacer>(worker_.loop(),
                                       [this, &lane](TimePoint due) { publish_due(lane, due); });
  Tally& tally = worker_.tally();
  PublisherEvents events{.on_ready =
                             [this, &lane] {
                               lane.is_ready = true;
                               worker_.after_settled();
                             },
                         .on_problem =
                             [&tally](const std::string& problem) {
                               ++tally.total.failed_publishes;
                               note_cause(tally.failures, "publishing", problem);
                             },
                         .on_message =
                             [&tally](std::size_t bytes) {
                               ++tally.total.received;
                               ++tally.total.other;
                               tally.total.received_bytes += bytes;
                             }};
  // The loop does not run yet, so nothing comes before the lane is complete.
  lane.publisher = make_publisher(worker_.loop(), worker_.plan(), number, std::move(events));
}

void FanoutTraffic::on_open(LoadClient& client) {
  const std::size_t index = worker_.index_of(client);
  if (subscribe_) {
    std::string text;
    subscribe_->append_to(text, {.connection = client.number()}, worker_.random());
    static_cast<void>(client.send({wskit::Opcode::text, text}));
  }
  if (waits_for_acks()) {
    ++pending_acks_;
  } else {
    subscribed_[index] = true;
    ++subscriber_count_;
  }
}

void FanoutTraffic::take_ack(std::size_t index, std::string_view text) {
  if (subscribed_[index] || has_begun_) return;
  if (text.find(options_.fanout.subscribe_ack) == std::string_view::npos) return;
  subscribed_[index] = true;
  ++subscriber_count_;
  --pending_acks_;
  worker_.after_settled();
}

bool FanoutTraffic::is_ready() const {
  return pending_acks_ == 0 && std::ranges::all_of(lanes_, &Lane::is_ready);
}

void FanoutTraffic::on_gone(LoadClient& client) {
  const std::size_t index = worker_.index_of(client);
  const bool is_owed = waits_for_acks() && client.was_open() && !subscribed_[index];
  if (is_owed && pending_acks_ > 0) --pending_acks_;
}

void FanoutTraffic::prepare() {
  if (subscriber_count_ > 0) board_.note_subscribed_thread();
}

void FanoutTraffic::begin(TimePoint start) {
  has_begun_ = true;
  for (Lane& lane : lanes_) {
    lane.left = share_of_limit(options_.messages, lane.number, options_.fanout.publishers);
    lane.last_progress = start;
    if (options_.rate > 0) {
      lane.pacer->begin(rate_schedule(options_, start), lane.number, options_.fanout.publishers,
                        lane.left, worker_.until());
    }
  }
  if (options_.rate > 0) return;
  stall_timer_.start_repeating(kStallTime / 4, [this] { give_up_stalled(); });
}

void FanoutTraffic::end() {
  is_ended_ = true;
  stall_timer_.stop();
  for (Lane& lane : lanes_) {
    worker_.counts().unsent += lane.waiting.size();
    lane.waiting.clear();
    lane.left = 0;
    lane.pacer->end();
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
  if (options_.rate > 0 || is_ended_ || !has_begun_) return;
  while (lane.left > 0 && lane.outstanding_count < options_.in_flight &&
         lane.publisher->has_room()) {
    if (!publish(lane, Clock::now())) return;
  }
}

bool FanoutTraffic::publish(Lane& lane, TimePoint due, bool has_waited) {
  const auto lag = options_.rate > 0 ? Clock::now() - due : Clock::duration{0};
  // Who has waited for the server is late by no fault of the generator.
  if (options_.rate > 0 && !has_waited) worker_.record_lag(lag, due);
  const Stamp stamp{.run = worker_.plan().run,
                    .sender = static_cast<std::uint16_t>(lane.number),
                    .sequence = lane.next_sequence,
                    .due = due.time_since_epoch(),
                    .lag = lag};
  const wskit::MessageView message = payload_.make(stamp, lane.number);
  --lane.left;
  if (!lane.publisher->publish(message.payload, lane.next_sequence)) {
    ++worker_.counts().unsent;
    return false;
  }
  ++worker_.counts().sent;
  worker_.counts().sent_bytes += message.payload.size();
  lane.outstanding.add(lane.next_sequence++, {board_.subscribed_threads(), TimePoint::max(), {}});
  ++lane.outstanding_count;
  board_.note_published(lane.number);
  return true;
}

void FanoutTraffic::give_up_stalled() {
  const TimePoint now = Clock::now();
  for (Lane& lane : lanes_) {
    if (lane.outstanding_count == 0 || now - lane.last_progress < kStallTime) continue;
    lane.outstanding.forget_all();
    lane.outstanding_count = 0;
    lane.last_progress = now;
  }
}

void FanoutTraffic::on_message(LoadClient& client, wskit::MessageView message) {
  const std::size_t index = worker_.index_of(client);
  const auto stamp = stamps_.read(message.payload);
  const std::size_t publishers = options_.fanout.publishers;
  if (!stamp || stamp->run != worker_.plan().run || stamp->sender >= publishers) {
    ++worker_.counts().other;
    return take_ack(index, message.payload);
  }
  const auto arrival = trackers_[index * publishers + stamp->sender].note(stamp->sequence);
  if (arrival == SequenceTracker::Arrival::again) {
    ++worker_.counts().duplicated;
    return;
  }
  if (arrival == SequenceTracker::Arrival::late) ++worker_.counts().reordered;
  ++unique_count_;
  const TimePoint now = worker_.arrival_time();
  worker_.record_latency(since(stamp->due, now.time_since_epoch()), stamp->lag, now);
  note_arrival(*stamp, now);
}

void FanoutTraffic::note_arrival(const Stamp& stamp, TimePoint now) {
  RecentSequences<Arriving>& recent = arriving_[stamp.sender];
  Arriving* arriving = recent.find(stamp.sequence);
  if (arriving == nullptr) arriving = recent.add(stamp.sequence, {subscriber_count_, now});
  if (arriving == nullptr || --arriving->missing_count > 0) return;
  const Completion completion{stamp.sender, stamp.sequence, arriving->first, now};
  recent.forget(stamp.sequence);
  if (&board_.owner(stamp.sender) == this) return complete(completion);
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
  worker_.record_skew(message->last - message->first, message->first);
  lane.outstanding.forget(completion.sequence);
  --lane.outstanding_count;
}

bool FanoutTraffic::is_finished() const {
  return std::ranges::all_of(lanes_, [](const Lane& lane) { return lane.left == 0; });
}

std::uint64_t FanoutTraffic::expected_count() const {
  return board_.published_count() * subscriber_count_;
}

std::uint64_t FanoutTraffic::outstanding_count() const {
  const std::uint64_t expected = expected_count();
  return expected > unique_count_ ? expected - unique_count_ : 0;
}

void FanoutTraffic::settle() {
  Tally& tally = worker_.tally();
  tally.expected = expected_count();
  const std::size_t publishers = options_.fanout.publishers;
  for (std::size_t i = 0; i < trackers_.size(); ++i) {
    if (!subscribed_[i / publishers]) continue;
    const std::uint64_t sent = board_.published_count(i % publishers);
    tally.lost += trackers_[i].missing_count(sent);
    tally.gaps += trackers_[i].gap_count(sent);
  }
}
