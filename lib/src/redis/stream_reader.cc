#include "redis/stream_reader.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace wskit {
namespace {

constexpr std::size_t kPageEntries = 500;
constexpr std::string_view kPageCount = "500";

/// How long Redis holds the answer to XREAD back while nothing comes: a sign of life in between.
constexpr std::string_view kBlockMs = "1000";
constexpr std::chrono::milliseconds kAnswerTimeout{3000};

constexpr std::chrono::milliseconds kLookInterval{1000};

constexpr std::size_t kRecentIds = 1000;

/// What is held until an outage is known to have cost nothing; more is a gap.
constexpr std::size_t kMaxHeldBytes = 256 * 1024 * 1024;

MessageId after(MessageId id) {
  if (id.seq < std::numeric_limits<std::uint64_t>::max()) return {id.ms, id.seq + 1};
  return {id.ms + 1, 0};
}

}  // namespace

StreamReader::StreamReader(Loop& loop, const RedisTarget& target, const StreamKeys& keys,
                           const std::size_t& max_message_bytes, StreamReaderEvents& events)
    : loop_{loop},
      keys_{keys},
      max_message_bytes_{max_message_bytes},
      events_{events},
      connection_{loop, target, *this},
      answer_timer_{loop} {}

template <typename Take>
void StreamReader::ask(std::initializer_list<std::string_view> words, Take take) {
  answer_timer_.start(kAnswerTimeout, [this] { restart("no answer"); });
  connection_.command(words, [this, take = std::move(take)](std::optional<RedisReply> reply) {
    if (!reply) return;
    answer_timer_.stop();
    take(*reply);
  });
}

void StreamReader::on_redis_ready() {
  probe_position_ = "0-0";
  held_.clear();
  held_bytes_ = 0;
  look();
}

void StreamReader::look() {
  looked_at_ = loop_.now();
  ask({"XINFO", "STREAM", keys_.log}, [this](const RedisReply& reply) {
    if (const auto info = parse_stream_info(reply)) return take_info(*info);
    restart(reply.is_error() ? "XINFO was refused (" + error_word(reply) + ")"
                             : "Redis 7.0 or later is required");
  });
}

void StreamReader::on_redis_lost(const std::string& reason) {
  answer_timer_.stop();
  events_.on_reader_lost(reason);
}

void StreamReader::take_info(const StreamInfo& info) {
  target_ = info;
  if (!std::exchange(has_position_, true)) {
    position_ = told_ = info.last_id;
    added_count_ = info.added_count;
    tell_gap(told_);
    return become_live();
  }
  if (info.added_count < added_count_ || info.last_id < position_) return find_common();
  if (info.added_count == added_count_ && info.last_id == position_) {
    proved_ = position_;
    return become_live();
  }
  is_proving_ = true;
  counted_ = 0;
  page_from_ = position_;
  read_page();
}

void StreamReader::read_page() {
  ask({"XRANGE", keys_.log, "(" + page_from_.text(), target_.last_id.text(), "COUNT", kPageCount},
      [this](const RedisReply& reply) {
        auto entries = parse_stream_entries(reply, max_message_bytes_);
        if (!entries) return restart("XRANGE was refused (" + error_word(reply) + ")");
        take_page(std::move(*entries));
      });
}

void StreamReader::take_page(std::vector<StreamEntry> entries) {
  const bool is_last = entries.size() < kPageEntries;
  counted_ += entries.size();
  for (StreamEntry& entry : entries) {
    page_from_ = entry.id;
    if (entry.message != nullptr) held_bytes_ += entry.message->message.payload().size();
    held_.push_back(std::move(entry));
  }
  if (is_proving_ && held_bytes_ > kMaxHeldBytes) go_on_after_gap(position_);
  if (!is_proving_) deliver_held();
  if (!is_last) return read_page();
  if (is_proving_ && counted_ != target_.added_count - added_count_) return find_common();
  deliver_held();
  position_ = std::max(page_from_, target_.last_id);
  if (is_proving_) proved_ = position_;
  added_count_ = target_.added_count;
  become_live();
}

void StreamReader::find_common() {
  held_.clear();
  held_bytes_ = 0;
  if (recent_.empty()) return take_common({});
  ask({"XRANGE", keys_.log, recent_.front().text(), recent_.back().text(), "COUNT", "1000"},
      [this](const RedisReply& reply) {
        const auto entries = parse_stream_entries(reply, max_message_bytes_);
        if (!entries) return restart("XRANGE was refused (" + error_word(reply) + ")");
        take_common(*entries);
      });
}

void StreamReader::take_common(const std::vector<StreamEntry>& entries) {
  for (auto entry = entries.rbegin(); entry != entries.rend(); ++entry) {
    if (!std::ranges::binary_search(recent_, entry->id)) continue;
    page_from_ = entry->id;
    go_on_after_gap(entry->id);
    return read_page();
  }
  recent_.clear();
  page_from_ = {};
  // With nothing in the log, an origin that nobody can have seen: who resumes from an id of the
  // lost log asks Redis, and is told.
  go_on_after_gap(target_.first_id ? target_.first_id->before() : after(position_));
  read_page();
}

void StreamReader::tell_gap(MessageId origin) {
  // What came live was not proved yet: entries before it may be missing.
  events_.on_reader_gap(std::exchange(proved_, origin), origin);
}

void StreamReader::go_on_after_gap(MessageId origin) {
  is_proving_ = false;
  told_ = origin;
  tell_gap(origin);
}

void StreamReader::deliver_held() {
  held_bytes_ = 0;
  for (StreamEntry& entry : std::exchange(held_, {})) deliver(std::move(entry));
}

void StreamReader::become_live() {
  if (target_.length == 0 && !target_.last_id.is_set()) position_ = {};
  events_.on_reader_ready(target_);
  read_live();
}

void StreamReader::read_live() {
  // A log that is emptied meanwhile goes on without an error.
  if (loop_.now() - looked_at_ >= kLookInterval) return look();
  ask({"XREAD", "COUNT", kPageCount, "BLOCK", kBlockMs, "STREAMS", keys_.log, keys_.probe,
       position_.text(), probe_position_},
      [this](const RedisReply& reply) { take_live(reply); });
}

void StreamReader::take_live(const RedisReply& reply) {
  if (reply.is_error()) return restart("XREAD was refused (" + error_word(reply) + ")");
  for (const RedisReply& stream : reply.elements) {
    if (stream.elements.size() != 2) return restart("the answer to XREAD is malformed");
    if (stream.elements[0].text == keys_.probe) {
      for (const RedisReply& probe : stream.elements[1].elements) {
        if (probe.elements.size() != 2 || probe.elements[1].elements.size() < 2) continue;
        probe_position_ = probe.elements[0].text;
        events_.on_probe(probe.elements[1].elements[1].text);
      }
      continue;
    }
    auto entries = parse_stream_entries(stream.elements[1], max_message_bytes_);
    if (!entries) return restart("the answer to XREAD is malformed");
    for (StreamEntry& entry : *entries) {
      position_ = entry.id;
      ++added_count_;
      deliver(std::move(entry));
    }
  }
  read_live();
}

void StreamReader::deliver(StreamEntry entry) {
  // A log that began anew may count from lower ids.
  if (entry.id <= told_) tell_gap(entry.id.before());
  told_ = entry.id;
  while (!recent_.empty() && recent_.back() >= entry.id) recent_.pop_back();
  recent_.push_back(entry.id);
  if (recent_.size() > kRecentIds) recent_.pop_front();
  events_.on_entry(std::move(entry));
}

}  // namespace wskit
