#include <algorithm>

#include "served_session.h"
#include "worker.h"

namespace wskit {
namespace {

/// How many times the age of a queue one write may take where messages are dropped for it.
constexpr int kStuckQueueAges = 6;

}  // namespace

void ServedSession::on_deadline() {
  const auto now = worker_.loop().now();
  if (state_ == State::open) {
    check_open_deadlines(now);
  } else if (now < linger_until_) {
    connection_.set_deadline(linger_until_);
  } else if (state_ == State::discarding) {
    connection_.end();
  } else {
    if (sent_close() != nullptr) finish(*sent_close(), "local");
    connection_.reset();
  }
}

void ServedSession::check_open_deadlines(Loop::Clock::time_point now) {
  if (limits().idle_timeout.count() > 0 && now - last_received_ >= limits().idle_timeout) {
    fail({close_code::idle, "idle timeout"}, "idle");
    return;
  }
  if (backlog_ != nullptr && now - backlog_->since >= limits().max_queue_age) {
    const bool is_stuck = now - backlog_->since >= longest_backlog();
    if (is_stuck || !drop_oldest(SIZE_MAX)) return fail_slow_reader();
  }
  if (limits().ping_interval.count() > 0 && now - last_ping_ >= limits().ping_interval) {
    last_ping_ = now;
    ping();
  }
  set_next_deadline();
}

void ServedSession::set_next_deadline() {
  auto next = Loop::Clock::time_point::max();
  if (limits().idle_timeout.count() > 0) next = last_received_ + limits().idle_timeout;
  if (limits().ping_interval.count() > 0) {
    next = std::min(next, last_ping_ + limits().ping_interval);
  }
  if (backlog_ != nullptr) {
    const auto first = backlog_->since + limits().max_queue_age;
    next =
        std::min(next, worker_.loop().now() < first ? first : backlog_->since + longest_backlog());
  }
  if (next != Loop::Clock::time_point::max()) connection_.set_deadline(next);
}

std::chrono::seconds ServedSession::longest_backlog() const {
  return limits().max_queue_age * (drops_oldest() ? kStuckQueueAges : 1);
}

void ServedSession::ping() {
  if (encoding_ != Encoding::sse) return push_control(FrameOpcode::ping, {});
  queue_.push(std::make_shared<const std::string>(":\n\n"));
  connection_.flush_at_turn_end();
}

void ServedSession::on_limits_changed() {
  if (state_ != State::open) return;
  last_received_ = worker_.loop().now();
  set_next_deadline();
}

}  // namespace wskit
