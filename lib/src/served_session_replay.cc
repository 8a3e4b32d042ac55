// What a session gets of its channels: live, replayed, and told to be missing.

#include <algorithm>
#include <utility>

#include "core/envelope_encode.h"
#include "served_session.h"
#include "worker.h"

namespace wskit {
namespace {

/// What one step of a replay queues, about.
constexpr std::size_t kReplayBytes = 64 * 1024;

/// For a slow reader to come to its Close frame.
constexpr std::chrono::seconds kSlowTimeout{4};

CloseStatus missed_messages() {
  return {close_code::gap, "messages were missed"};
}

}  // namespace

bool ServedSession::subscribe(std::string_view channel, std::optional<MessageId> since) {
  if (!registry().subscribe(id_, channel)) return false;
  if (is_announced_) worker_.announce_subscriptions(id_);
  if (since) replay({std::string(channel)}, *since);
  return true;
}

bool ServedSession::unsubscribe(std::string_view channel) {
  if (is_replaying_) extras().replay.remove(channel);
  if (!registry().unsubscribe(id_, channel)) return false;
  if (is_announced_) worker_.announce_subscriptions(id_);
  return true;
}

void ServedSession::resume(MessageId since) {
  replay(registry().channels(id_), since);
}

std::optional<MessageId> ServedSession::cursor() const {
  if (!worker_.has_log()) return std::nullopt;
  return worker_.replay_log().last_id();
}

void ServedSession::deliver(EncodedDelivery& delivery) {
  if (is_replaying_ && extras_->replay.covers(delivery.channel())) return replay_soon();
  // A session that does not read is dealt with by its queue limit.
  static_cast<void>(enqueue(delivery.frames(encoding_), delivery.message_count()));
}

void ServedSession::replay(std::vector<std::string> channels, MessageId since) {
  if (state_ != State::open) return;
  extras().replay.add(std::move(channels), since);
  is_replaying_ = true;
  replay_soon();
}

void ServedSession::replay_soon() {
  if (!is_replaying_ || std::exchange(is_replay_due_, true)) return;
  worker_.replay_soon(id_);
}

std::size_t ServedSession::go_on_replaying() {
  is_replay_due_ = false;
  // With something queued this is called again when it has been written.
  const bool has_room = connection_.is_flushed() && queue_.is_empty();
  if (!is_replaying_ || state_ != State::open || !has_room) return 0;
  const std::size_t page_bytes = std::min(kReplayBytes, limits().max_queue_bytes / 4);
  while (true) {
    auto step = extras_->replay.next(worker_.replay_log(), page_bytes);
    if (auto* send = std::get_if<Replay::Send>(&step)) return push_replayed(send->messages);
    if (auto* ask = std::get_if<Replay::Ask>(&step)) {
      worker_.query_log(id_, ask->part, std::move(ask->query));
      continue;
    }
    if (std::holds_alternative<Replay::Done>(step)) is_replaying_ = false;
    return 0;
  }
}

void ServedSession::take_log_answer(std::uint32_t part, LogAnswer answer) {
  if (!is_replaying_ || state_ != State::open) return;
  const bool is_unavailable = answer.status == LogAnswer::Status::unavailable;
  const Replay::Answered answered = extras_->replay.answer(part, std::move(answer));
  if (is_unavailable) return worker_.replay_later(id_);
  if (!answered.gap_channels.empty()) tell_gap(answered.gap_channels, answered.gap_since);
  if (!answered.messages.empty()) push_replayed(answered.messages);
  replay_soon();
}

std::size_t ServedSession::push_replayed(const std::vector<SharedMessage>& messages) {
  SharedBytes bytes = encode(messages, encoding_);
  const std::size_t size = bytes->size();
  static_cast<void>(enqueue({std::move(bytes)}, messages.size()));
  return size;
}

bool ServedSession::is_plain() const {
  return encoding_ == Encoding::plain || encoding_ == Encoding::plain_with_ids;
}

void ServedSession::tell_gap(const std::vector<std::string>& channels, MessageId since) {
  if (is_plain()) return close(missed_messages());
  const auto now = worker_.loop().now();
  for (const std::string& channel : channels) {
    SharedBytes bytes = encode_gap(channel, since, encoding_);
    static_cast<void>(enqueue(frames_of({channel, since, 0, now}, std::move(bytes)), 1));
  }
}

void ServedSession::close_for_restart(std::chrono::milliseconds after) {
  auto notice = std::make_shared<std::string>();
  append_reconnect(*notice, after, encoding_);
  if (!notice->empty()) static_cast<void>(enqueue({std::move(notice)}, 1));
  close({close_code::service_restart, "server restarts"});
}

void ServedSession::tell_missed(const std::vector<std::string>& channels) {
  if (!is_plain()) tell_gap(channels, {});
}

/// Drops messages if more than `limit` bytes are queued, or some for too long. False if the session
/// has to end instead.
bool ServedSession::drop_oldest(std::size_t limit) {
  const auto now = worker_.loop().now();
  const bool has_stale = queue_.has_stale(now - limits().max_queue_age);
  if (queue_.bytes() <= limit && !has_stale) return true;
  if (is_plain()) return false;
  // Down to half, lest every message or write that follows drops another.
  const auto stale = has_stale ? now - limits().max_queue_age / 2 : SendQueue::Time::min();
  const SendQueue::Dropped dropped =
      queue_.drop_oldest(limit / 2, stale, [this](const std::string& channel, MessageId since) {
        return encode_gap(channel, since, encoding_);
      });
  worker_.stats().messages_dropped += dropped.message_count;
  return dropped.made_room;
}

void ServedSession::fail_slow_reader() {
  const std::size_t missed = queue_.message_count();
  worker_.stats().messages_dropped += missed;
  ++worker_.stats().queue_drops;
  const bool is_gap = drops_oldest() && is_plain() && missed > 0;
  const CloseStatus status{close_code::policy_violation, "reads too slowly"};
  fail(is_gap ? missed_messages() : status, "slow_consumer");
  linger_until_ = worker_.loop().now() + kSlowTimeout;
  connection_.set_deadline(linger_until_);
}

}  // namespace wskit
