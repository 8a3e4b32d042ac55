#include "connection_status.h"

#include <algorithm>

#include <fmt/format.h>

#include "common/printable.h"

namespace {

using std::chrono::duration_cast;
using std::chrono::seconds;

/// RFC 6455 section 5.2.
constexpr std::uint8_t kText = 1;
constexpr std::uint8_t kBinary = 2;
constexpr std::uint8_t kPing = 9;
constexpr std::uint8_t kPong = 10;

}  // namespace

void ConnectionStatus::begin_connecting() {
  state_ = State::connecting;
}

void ConnectionStatus::begin_open(const std::string& subprotocol) {
  state_ = State::open;
  subprotocol_ = subprotocol;
  missed_pong_count_ = 0;
  last_received_ = Clock::now();
}

void ConnectionStatus::begin_wait(std::chrono::milliseconds delay, const std::string& reason) {
  state_ = State::waiting;
  retry_at_ = Clock::now() + delay;
  reason_ = printable_line(reason);
}

void ConnectionStatus::add_frame(const wskit::FrameTrace& frame) {
  const bool begins_message = frame.opcode == kText || frame.opcode == kBinary;
  if (frame.is_outgoing) {
    if (begins_message) ++sent_count_;
    if (frame.opcode == kPing) ++missed_pong_count_;
    return;
  }
  last_received_ = Clock::now();
  if (begins_message) ++received_count_;
  if (frame.opcode == kPong) missed_pong_count_ = 0;
}

void ConnectionStatus::add_round_trip(std::chrono::microseconds time) {
  least_round_trip_ = round_trip_count_ == 0 ? time : std::min(least_round_trip_, time);
  greatest_round_trip_ = std::max(greatest_round_trip_, time);
  last_round_trip_ = time;
  sum_of_round_trips_ += time;
  ++round_trip_count_;
}

std::string ConnectionStatus::state_text(Clock::time_point now) const {
  switch (state_) {
    case State::connecting:
      return "connecting";
    case State::open:
      return subprotocol_.empty() ? "open" : "open, " + printable_line(subprotocol_);
    case State::waiting: {
      const auto left = duration_cast<seconds>(retry_at_ - now + std::chrono::milliseconds{999});
      return fmt::format("next attempt in {} s (Enter: now)",
                         std::max<std::int64_t>(0, left.count()));
    }
  }
  return {};
}

std::string ConnectionStatus::line(Clock::time_point now) const {
  std::string text = state_text(now);
  if (state_ == State::open) {
    if (round_trip_count_ > 0) text += " | rtt " + milliseconds_text(last_round_trip_);
    text += fmt::format(" | idle {} s", duration_cast<seconds>(now - last_received_).count());
    // One that is on its way is not missed yet.
    if (missed_pong_count_ > 1) text += fmt::format(" | {} pongs missed", missed_pong_count_ - 1);
  }
  if (waiting_count_ > 0) text += fmt::format(" | {} waiting", waiting_count_);
  text += fmt::format(" | in {} out {}", received_count_, sent_count_);
  return state_ == State::waiting ? text + " | " + reason_ : text;
}

std::string ConnectionStatus::round_trips() const {
  if (round_trip_count_ == 0) return "no Pong has come yet";
  return fmt::format(
      "{} Pings: last {}, least {}, mean {}, greatest {}", round_trip_count_,
      milliseconds_text(last_round_trip_), milliseconds_text(least_round_trip_),
      milliseconds_text(sum_of_round_trips_ / static_cast<std::int64_t>(round_trip_count_)),
      milliseconds_text(greatest_round_trip_));
}

std::string milliseconds_text(std::chrono::microseconds time) {
  return fmt::format("{:.3g} ms", static_cast<double>(time.count()) / 1000);
}
