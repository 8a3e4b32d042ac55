#include "served_session.h"

#include <algorithm>
#include <exception>
#include <utility>

#include "core/check.h"
#include "core/envelope_encode.h"
#include "net/wall_clock.h"
#include "session_name.h"
#include "worker.h"

namespace wskit {
namespace {

/// What one write hands to the kernel at most; larger frames go alone.
constexpr std::size_t kMaxWriteBytes = 256 * 1024;

/// For the peer's answer to our Close frame.
constexpr std::chrono::seconds kCloseTimeout{5};

/// For what is queued behind a failure, a Close frame mostly.
constexpr std::chrono::seconds kFailTimeout{2};

/// For input to arrive and be thrown away, lest a reset overtakes our last bytes.
constexpr std::chrono::seconds kDiscardTime{1};

}  // namespace

ServedSession::ServedSession(Worker& worker, Connection& connection, const Route& route,
                             SessionId id, Encoding encoding, std::string user,
                             std::string subprotocol, Attributes attributes)
    : worker_{worker},
      connection_{connection},
      route_{route},
      id_{id},
      user_{std::move(user)},
      assembler_{Role::client},
      opened_ms_{wall_clock_ms()},
      last_received_{worker.loop().now()},
      last_ping_{last_received_},
      encoding_{encoding} {
  if (subprotocol.empty() && attributes.empty()) return;
  extras().subprotocol = std::move(subprotocol);
  extras().attributes = std::move(attributes);
}

ServedSession::~ServedSession() {
  WSKIT_CHECK(!is_registered_);
}

template <typename Call>
void ServedSession::call_handler(Call&& call) {
  std::string problem = "unknown exception";
  try {
    call(handler());
    return;
  } catch (const std::exception& exception) {
    problem = exception.what();
  } catch (...) {
  }
  worker_.log_limited(LogLevel::error, "handler_failed", route_.path, {{"error", problem}});
  if (is_registered_) fail({close_code::internal_error, "internal error"}, "handler");
}

void ServedSession::open(std::string response, std::span<char> early_bytes) {
  queue_.push(std::make_shared<const std::string>(std::move(response)));
  connection_.flush_at_turn_end();
  worker_.registry().add(*this);
  is_registered_ = true;
  ++worker_.stats().sessions;
  set_next_deadline();
  call_handler([this](MessageHandler& handler) { handler.on_open(*this); });
  if (is_registered_ && worker_.is_observed()) {
    is_announced_ = true;
    worker_.announce({SessionChange::Kind::opened, record()});
  }
  if (early_bytes.empty()) return;
  // The answer first: an early Close frame clears what is queued.
  flush();
  feed(early_bytes);
}

MessageHandler& ServedSession::handler() const {
  if (subprotocol().empty()) return *route_.handler;
  const auto& known = route_.subprotocols;
  const auto found = std::ranges::find(known, subprotocol(), &Subprotocol::name);
  return found == known.end() || found->handler == nullptr ? *route_.handler : *found->handler;
}

SessionExtras& ServedSession::extras() {
  if (extras_ == nullptr) extras_ = std::make_unique<SessionExtras>();
  return *extras_;
}

const CloseStatus* ServedSession::sent_close() const {
  return extras_ != nullptr && extras_->sent_close ? &*extras_->sent_close : nullptr;
}

std::string ServedSession::name() const {
  return session_name(worker_.settings().node, id_);
}

SessionRecord ServedSession::record() const {
  std::vector<std::string> channels = worker_.registry().channels(id_);
  std::erase_if(channels, [](const std::string& each) { return !is_channel_name(each); });
  return {name(), user_, connection_.remote_address(), opened_ms_, std::move(channels)};
}

std::string_view ServedSession::subprotocol() const {
  return extras_ ? std::string_view{extras_->subprotocol} : "";
}

std::string_view ServedSession::attribute(std::string_view name) const {
  if (extras_ == nullptr) return {};
  const auto found = extras_->attributes.find(name);
  return found == extras_->attributes.end() ? std::string_view{} : found->second;
}

Loop& ServedSession::loop() {
  return worker_.loop();
}

SessionRegistry& ServedSession::registry() {
  return worker_.registry();
}

SendResult ServedSession::send(const Message& message) {
  return encoding_ == Encoding::sse ? send(message.view()) : enqueue({message.frame()}, 1);
}

SendResult ServedSession::send(const MessageView& message) {
  if (state_ != State::open || is_over_limit_) return SendResult::refused;
  if (!is_corked_ || !queue_.is_empty() || !connection_.is_flushed()) {
    auto bytes = std::make_shared<std::string>();
    append_own(*bytes, message);
    return enqueue({std::move(bytes)}, 1);
  }
  append_own(worker_.cork(), message);
  ++worker_.stats().messages_sent;
  return queue_state();
}

SendResult ServedSession::enqueue(QueuedFrames frames, std::size_t message_count) {
  if (state_ != State::open || is_over_limit_) return SendResult::refused;
  queue_.push(std::move(frames));
  connection_.flush_at_turn_end();
  worker_.stats().messages_sent += message_count;
  return queue_state();
}

void ServedSession::append_own(std::string& out, const MessageView& message) const {
  if (encoding_ == Encoding::sse) return append_event(out, {}, {}, message.payload);
  append_frame(out, {.opcode = static_cast<FrameOpcode>(message.opcode)}, message.payload);
}

SendResult ServedSession::queue_state() {
  // What the kernel may still take this turn does not count as waiting: only a session that has
  // been full before is over its limit.
  if (connection_.is_flushed()) return SendResult::queued;
  if (is_queue_full()) {
    is_over_limit_ = true;
    return SendResult::refused;
  }
  if (waiting_bytes() <= limits().max_queue_bytes / 2) return SendResult::queued;
  is_congested_ = true;
  return SendResult::congested;
}

std::size_t ServedSession::waiting_bytes() const {
  return queue_.bytes() + (backlog_ ? backlog_->bytes : 0) +
         (is_corked_ ? worker_.cork().size() : 0);
}

bool ServedSession::is_queue_full() {
  const std::size_t limit = limits().max_queue_bytes;
  if (!drops_oldest()) return waiting_bytes() > limit;
  return queue_.bytes() > limit && !drop_oldest(limit);
}

void ServedSession::close(CloseStatus status) {
  if (state_ != State::open) return;
  if (encoding_ == Encoding::sse) return end_stream(status, "local");
  push_control(FrameOpcode::close, close_payload(status));
  state_ = State::closing;
  extras().sent_close = std::move(status);
  linger_until_ = worker_.loop().now() + kCloseTimeout;
  connection_.set_deadline(linger_until_);
}

void ServedSession::end_stream(const CloseStatus& status, std::string_view cause) {
  state_ = State::closed;
  linger_until_ = worker_.loop().now() + kFailTimeout;
  connection_.set_deadline(linger_until_);
  connection_.flush_at_turn_end();
  finish(status, cause);
}

void ServedSession::push_control(FrameOpcode opcode, std::string_view payload) {
  auto frame = std::make_shared<std::string>();
  append_frame(*frame, {.opcode = opcode}, payload);
  queue_.push(std::move(frame));
  connection_.flush_at_turn_end();
}

void ServedSession::on_bytes(std::span<char> bytes) {
  worker_.stats().bytes_received += bytes.size();
  if (wants_more() && encoding_ != Encoding::sse) feed(bytes);
}

void ServedSession::feed(std::span<char> bytes) {
  last_received_ = worker_.loop().now();
  is_corked_ = true;
  assembler_.feed(bytes, *this);
  is_corked_ = false;
  if (!worker_.cork().empty()) flush();
}

void ServedSession::on_message(const MessageView& message) {
  if (state_ != State::open) return;
  ++worker_.stats().messages_received;
  call_handler([&](MessageHandler& handler) { handler.on_message(*this, message); });
}

void ServedSession::on_ping(std::string_view payload) {
  if (state_ == State::open) push_control(FrameOpcode::pong, payload);
  if (queue_state() == SendResult::refused) connection_.flush_at_turn_end();
}

void ServedSession::on_pong(std::string_view) {}

void ServedSession::on_peer_close(const CloseStatus& status) {
  if (state_ == State::closing) {
    state_ = State::closed;
    linger_until_ = worker_.loop().now() + kFailTimeout;
    connection_.flush_at_turn_end();
    finish(*sent_close(), "local");
    return;
  }
  worker_.cork().clear();
  queue_.clear();
  push_control(FrameOpcode::close, close_payload(status));
  state_ = State::closed;
  linger_until_ = worker_.loop().now() + kFailTimeout;
  connection_.set_deadline(linger_until_);
  finish(status, "peer");
}

void ServedSession::on_violation(const CloseStatus& status) {
  fail(status, "protocol");
}

void ServedSession::fail(const CloseStatus& status, std::string_view cause) {
  if (state_ == State::closed || state_ == State::discarding) return;
  worker_.cork().clear();
  queue_.clear();
  if (state_ == State::open && encoding_ != Encoding::sse) {
    push_control(FrameOpcode::close, close_payload(status));
  }
  state_ = State::closed;
  linger_until_ = worker_.loop().now() + kFailTimeout;
  connection_.set_deadline(linger_until_);
  connection_.flush_at_turn_end();
  worker_.log_limited(LogLevel::info, "session_failed", cause,
                      {{"session", static_cast<std::int64_t>(id_)},
                       {"user", user_},
                       {"code", status.code},
                       {"reason", status.reason}});
  finish(status, cause);
}

void ServedSession::finish(const CloseStatus& status, std::string_view cause) {
  if (!is_registered_) return;
  is_registered_ = false;
  worker_.registry().remove(id_);
  if (is_announced_) {
    worker_.announce({SessionChange::Kind::closed, {.name = name(), .user = user_}, status});
  }
  worker_.release_session();
  --worker_.stats().sessions;
  ++worker_.stats().closes[{status.code, std::string(cause)}];
  call_handler([&](MessageHandler& handler) { handler.on_close(*this, status); });
}

void ServedSession::flush() {
  if (!connection_.is_flushed()) return;
  worker_.tell_interest();
  if (std::string& cork = worker_.cork(); !cork.empty() && !is_corked_) {
    write(cork);
    cork.clear();
  }
  while (!queue_.is_empty() && connection_.is_flushed() && !connection_.is_ended()) {
    const SendQueue::Block block = queue_.take(worker_.scratch(), kMaxWriteBytes);
    write(block.bytes);
  }
  if (!connection_.is_flushed()) return;
  if (state_ == State::closed) begin_discarding();
}

void ServedSession::write(std::string_view frames) {
  worker_.stats().bytes_sent += frames.size();
  connection_.write(frames);
  if (connection_.is_flushed()) return;
  backlog_ = std::make_unique<Backlog>(Backlog{frames.size(), worker_.loop().now()});
  if (state_ == State::open) set_next_deadline();
}

void ServedSession::on_flushed() {
  backlog_ = nullptr;
  // What waited behind the last write may have become too old.
  if (state_ == State::open && drops_oldest() && !drop_oldest(SIZE_MAX)) return fail_slow_reader();
  flush();
  replay_soon();
  if (!is_congested_ || !connection_.is_flushed() || state_ != State::open) return;
  is_congested_ = false;
  call_handler([this](MessageHandler& handler) { handler.on_drain(*this); });
}

void ServedSession::on_turn_end() {
  flush();
  replay_soon();
  if (is_over_limit_ && state_ == State::open) fail_slow_reader();
}

void ServedSession::begin_discarding() {
  state_ = State::discarding;
  connection_.shut_down_writing();
  linger_until_ = worker_.loop().now() + kDiscardTime;
  connection_.set_deadline(linger_until_);
}

void ServedSession::on_gone() {
  state_ = State::discarding;
  queue_.clear();
  if (sent_close() != nullptr) {
    finish(*sent_close(), "local");
  } else {
    finish({close_code::abnormal, {}}, "lost");
  }
}

}  // namespace wskit
