#include "worker.h"

#include <algorithm>
#include <utility>

#include "failure_name.h"

namespace {

/// How often a thread looks whether it is late.
constexpr std::chrono::milliseconds kTick{10};

/// How long answers to what connections send first may take.
constexpr std::chrono::seconds kReadyTime{5};

/// How long servers have for the closing handshake.
constexpr std::chrono::seconds kCloseTime{2};

/// A connection that has so much to send takes no more.
constexpr std::size_t kMaxQueuedBytes = 16 * 1024 * 1024;

}  // namespace

void OpeningResult::add(const OpeningResult& other) {
  opened += other.opened;
  receivers += other.receivers;
  senders += other.senders;
  settled_at = std::max(settled_at, other.settled_at);
}

Worker::Worker(const Plan& plan, std::size_t number, DeliveryBoard& board)
    : plan_{plan},
      number_{number},
      board_{board},
      dialler_{loop_, plan.options.connect_rate / static_cast<double>(plan.options.threads),
               std::max<std::size_t>(1, plan.options.connect_concurrency / plan.options.threads),
               [this](LoadClient& client) { dial(client); }},
      ramp_{plan.options},
      recorder_{plan.options.rate > 0},
      traffic_{make_traffic(*this)},
      random_{std::random_device{}()},
      start_timer_{loop_, [this] { traffic_->begin(window().start); }},
      measuring_timer_{loop_, [this] { is_measuring_ ? end_measuring() : begin_measuring(); }},
      tick_timer_{loop_, [this] { tick(); }} {
  LoadClientEvents& events = *this;
  for (std::size_t i = 0; i < plan.connections_of(number); ++i) {
    clients_.emplace_back(i, number + i * plan.options.threads, events);
  }
  if (!plan.options.is_busy_polling) return;
  turn_end_ = loop_.on_turn_end(
      [this] { idle_polling_.end_turn(Clock::now(), read_count_ + counts().sent); });
}

Worker::~Worker() {
  stop();
}

void Worker::stop() {
  if (!thread_.joinable()) return;
  loop_.post([this] { drop_all(); });
  loop_.stop();
  thread_.join();
}

void Worker::start() {
  const auto when_idle =
      plan_.options.is_busy_polling ? wskit::WhenIdle::poll : wskit::WhenIdle::sleep;
  thread_ = std::thread{[this, when_idle] { loop_.run(when_idle); }};
}

void Worker::open_all(std::function<void()> done) {
  opened_ = std::move(done);
  const std::size_t first = plan_.share_of_thread(plan_.options.connections, number_);
  for (std::size_t i = 0; i < first; ++i) dialler_.want(clients_[i]);
  after_settled();
}

void Worker::dial(LoadClient& client) {
  const auto& settings = plan_.settings[client.number() % plan_.settings.size()];
  std::string url;
  if (plan_.url) plan_.url->append_to(url, {.connection = client.number()}, random_);
  client.dial(loop_, settings, url);
}

void Worker::begin(const Window& window) {
  recorder_.begin(window);
  // Not when it begins to be measured: answers would be late.
  waiting_before_ = own_thread_waiting();
  idle_polling_.take_new();
  next_tick_ = window.start;
  tick_timer_.set(next_tick_);
  measuring_timer_.set(window.from);
  start_timer_.set(window.start);
  ramped_count_ = plan_.share_of_thread(plan_.options.connections, number_);
}

void Worker::take_interval(IntervalTally& tally) {
  recorder_.take_interval(tally);
  tally.interval.open_count = open_count_;
  tally.interval.idle_polling = idle_polling_.take_new();
}

std::chrono::nanoseconds Worker::used_cpu() const {
  return own_thread_cpu() - idle_polling_.time();
}

void Worker::begin_measuring() {
  is_measuring_ = true;
  cpu_before_ = used_cpu();
  counts_before_ = counts();
  measured_from_ = Clock::now();
  if (window().end != TimePoint::max()) measuring_timer_.set(window().end);
}

void Worker::end_measuring() {
  if (!std::exchange(is_measuring_, false)) return;
  const TimePoint now = Clock::now();
  result_.cpu = used_cpu() - cpu_before_;
  recorder_.end(now);
  const LoadOptions& options = plan_.options;
  TimePoint moved_until = options.rate > 0 ? window().until : now;
  if (options.messages > 0) moved_until = moved_at_;
  result_.usage_time = now - measured_from_;
  result_.measured_time = std::max(moved_until, measured_from_) - measured_from_;
  // It counts what it had to send still.
  traffic_->end();
  tally().measured = counts() - counts_before_;
  result_.traffic_time = now - window().start;
  result_.waiting = own_thread_waiting() - waiting_before_;
}

void Worker::end() {
  start_timer_.stop();
  measuring_timer_.stop();
  end_measuring();
  traffic_->end();
  tick_timer_.stop();
}

void Worker::tick() {
  const TimePoint now = Clock::now();
  recorder_.record_lag(now - next_tick_, next_tick_);
  while (next_tick_ <= now) next_tick_ += kTick;
  tick_timer_.set(next_tick_);
  if (ramp_.is_needed()) follow_ramp();
}

void Worker::follow_ramp() {
  const TimePoint from = window().from;
  const std::size_t wanted =
      plan_.share_of_thread(ramp_.wanted_at(std::max(Clock::now(), from) - from), number_);
  for (; ramped_count_ < wanted; ++ramped_count_) {
    // One that closes still is dialled when it has.
    if (clients_[ramped_count_].is_idle()) dialler_.want(clients_[ramped_count_]);
  }
  for (; ramped_count_ > wanted; --ramped_count_) leave(clients_[ramped_count_ - 1]);
}

/// Wherever it is on its way: wanted, dialled, or open.
void Worker::leave(LoadClient& client) {
  if (client.is_dialling()) {
    client.drop();
    dialler_.on_settled();
  } else if (client.is_idle()) {
    dialler_.forget(client);
  } else if (!client.is_closing()) {
    client.close();
  }
}

void Worker::close_all(std::function<void()> done) {
  traffic_->settle();
  is_closing_ = true;
  dialler_.forget_wanted();
  for (LoadClient& client : clients_) {
    if (client.is_open() && !client.is_closing()) client.close();
  }
  closed_ = std::move(done);
  if (open_count_ == 0) return std::exchange(closed_, {})();
  close_timer_.emplace(loop_);
  close_timer_->start(kCloseTime, [this] { std::exchange(closed_, {})(); });
}

WorkerResult Worker::take_result() {
  result_.tally = recorder_.take_tally();
  return std::move(result_);
}

void Worker::drop_all() {
  ready_timer_.reset();
  close_timer_.reset();
  for (LoadClient& client : clients_) client.drop();
}

void Worker::drop(LoadClient& client) {
  if (client.is_open()) --open_count_;
  client.drop();
}

void Worker::give_up(LoadClient& client, const std::string& cause, const std::string& what) {
  ++counts().ended;
  note_cause(tally().endings, cause, what);
  drop(client);
  traffic_->on_gone(client);
}

Turns Worker::turns() const {
  return {ramp_.most(), number_, plan_.options.threads};
}

LoadClient* Worker::next_sender() {
  for (std::size_t tried = 0; tried < clients_.size(); ++tried) {
    LoadClient& client = clients_[next_sender_];
    next_sender_ = next_sender_ + 1 < clients_.size() ? next_sender_ + 1 : 0;
    if (client.can_send()) return &client;
  }
  return nullptr;
}

bool Worker::send(LoadClient& client, const wskit::MessageView& message) {
  const bool is_full = client.queued_bytes() > kMaxQueuedBytes;
  if (is_full || client.send(message) == wskit::SendResult::refused) {
    ++counts().unsent;
    return false;
  }
  ++counts().sent;
  counts().sent_bytes += message.payload.size();
  if (plan_.options.messages > 0) moved_at_ = Clock::now();
  return true;
}

void Worker::on_open(LoadClient& client, Clock::duration connect_time,
                     Clock::duration handshake_time) {
  ++open_count_;
  ++counts().opened;
  tally().connect.record(connect_time);
  tally().handshake.record(handshake_time);
  dialler_.on_settled();
  const std::string& first = plan_.options.first_message;
  if (!first.empty()) static_cast<void>(client.send({wskit::Opcode::text, first}));
  traffic_->on_open(client);
  after_settled();
}

void Worker::on_read() {
  ++read_count_;
  recorder_.note_read();
  if (plan_.options.messages > 0) moved_at_ = recorder_.arrival_time();
}

void Worker::on_message(LoadClient& client, const wskit::MessageView& message) {
  recorder_.note_message(message.payload.size());
  traffic_->on_message(client, message);
}

void Worker::on_pong(LoadClient& client, std::chrono::microseconds round_trip) {
  traffic_->on_pong(client, round_trip);
}

void Worker::on_failed(LoadClient& client, const wskit::ConnectError& error) {
  ++counts().failed;
  note_cause(tally().failures, failure_name(error), error.message);
  dialler_.on_settled();
  traffic_->on_gone(client);
  after_settled();
}

void Worker::on_ended(LoadClient& client, const wskit::CloseStatus& status) {
  --open_count_;
  if (!client.is_closing()) {
    ++counts().ended;
    note_cause(tally().endings, std::to_string(status.code), status.reason);
  }
  traffic_->on_gone(client);
  const bool is_wanted_again =
      ramp_.is_needed() && client.is_closing() && client.index() < ramped_count_;
  if (is_wanted_again && !is_closing_) dialler_.want(client);
  after_settled();
  if (!is_closing_ || open_count_ > 0 || !closed_) return;
  close_timer_.reset();
  std::exchange(closed_, {})();
}

void Worker::after_settled() {
  if (!opened_ || dialler_.is_busy()) return;
  if (settled_at_ == TimePoint{}) settled_at_ = Clock::now();
  if (traffic_->is_ready()) return std::exchange(opened_, {})();
  if (ready_timer_) return;
  ready_timer_.emplace(loop_);
  ready_timer_->start(kReadyTime, [this] {
    if (!opened_) return;
    traffic_->give_up_waiting();
    if (opened_) std::exchange(opened_, {})();
  });
}

OpeningResult Worker::opening_result() {
  const std::uint64_t opened = counts().opened;
  OpeningResult result{
      .opened = opened, .receivers = opened, .senders = opened, .settled_at = settled_at_};
  traffic_->count_parties(result);
  return result;
}
