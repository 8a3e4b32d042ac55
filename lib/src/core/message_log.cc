#include "core/message_log.h"

#include <algorithm>
#include <limits>

#include "core/check.h"

namespace wskit {
namespace {

/// What an entry takes besides its payload and its channel's name, about.
constexpr std::size_t kEntryBytes = 160;

std::size_t cost_of(const ChannelMessage& message) {
  return kEntryBytes + message.channel.size() + message.message.payload().size();
}

}  // namespace

void MessageLog::append(SharedMessage message) {
  WSKIT_CHECK(message->id > last_id_);
  last_id_ = message->id;
  bytes_ += cost_of(*message);
  channels_[message->channel].numbers.push_back(first_number_ + entries_.size());
  entries_.push_back(std::move(message));
  while (entries_.size() > limits_.max_messages || bytes_ > limits_.max_bytes) drop_front();
}

void MessageLog::drop_old(std::uint64_t now_ms) {
  const auto age_ms = static_cast<std::uint64_t>(limits_.max_age.count());
  if (age_ms == 0 || now_ms < age_ms) return;
  while (!entries_.empty() && entries_.front()->id.ms < now_ms - age_ms) drop_front();
}

void MessageLog::restart(MessageId origin) {
  first_number_ += entries_.size();
  entries_.clear();
  channels_.clear();
  bytes_ = 0;
  reach_ = last_id_ = origin;
}

void MessageLog::drop_front() {
  const ChannelMessage& oldest = *entries_.front();
  reach_ = oldest.id;
  bytes_ -= cost_of(oldest);
  const auto found = channels_.find(oldest.channel);
  Channel& channel = found->second;
  if (++channel.first == channel.numbers.size()) {
    channels_.erase(found);
  } else if (channel.first > channel.numbers.size() / 2) {
    const auto begin = channel.numbers.begin();
    channel.numbers.erase(begin, begin + static_cast<std::ptrdiff_t>(channel.first));
    channel.first = 0;
  }
  entries_.pop_front();
  ++first_number_;
}

bool MessageLog::covers(MessageId id) const {
  // In a log that is whole, an id below the first is another log's.
  const bool is_foreign =
      !reach_.is_set() && id.is_set() && (entries_.empty() || id < entries_.front()->id);
  return id >= reach_ && id <= last_id_ && !is_foreign;
}

auto MessageLog::find(std::string_view name) const -> const Channel* {
  const auto found = channels_.find(name);
  return found == channels_.end() ? nullptr : &found->second;
}

std::size_t MessageLog::lower_bound(const Channel& channel, MessageId id) const {
  const auto begin = channel.numbers.begin() + static_cast<std::ptrdiff_t>(channel.first);
  const auto found = std::lower_bound(
      begin, channel.numbers.end(), id,
      [this](std::uint64_t number, MessageId to) { return entry(number)->id < to; });
  return static_cast<std::size_t>(found - channel.numbers.begin());
}

auto MessageLog::read(const std::vector<std::string>& channels, MessageId after,
                      std::size_t max_bytes) const -> Page {
  WSKIT_CHECK(covers(after));
  struct Cursor {
    const Channel* channel;
    std::size_t at;
    std::uint64_t number() const { return channel->numbers[at]; }
  };
  std::vector<Cursor> cursors;
  for (const std::string& name : channels) {
    const Channel* const channel = find(name);
    if (channel == nullptr) continue;
    std::size_t at = lower_bound(*channel, after);
    if (at < channel->numbers.size() && entry(channel->numbers[at])->id == after) ++at;
    if (at < channel->numbers.size()) cursors.push_back({channel, at});
  }

  Page page{{}, after, false};
  std::size_t bytes = 0;
  while (!cursors.empty()) {
    const auto next = std::ranges::min_element(cursors, {}, &Cursor::number);
    const SharedMessage& message = entry(next->number());
    bytes += message->message.payload().size();
    if (bytes > max_bytes && !page.messages.empty()) return page;
    page.messages.push_back(message);
    page.read_to = message->id;
    if (++next->at == next->channel->numbers.size()) cursors.erase(next);
  }
  page.read_to = last_id_;
  page.is_last = true;
  return page;
}

HistoryAnswer MessageLog::history(const HistoryQuery& query) const {
  HistoryAnswer answer;
  const Channel* const channel = find(query.channel);
  if (channel == nullptr) return answer;
  std::size_t bytes = 0;
  for (std::size_t at = lower_bound(*channel, query.before.value_or(MessageId::last()));
       at > channel->first && answer.messages.size() < query.limit; --at) {
    const SharedMessage& message = entry(channel->numbers[at - 1]);
    bytes += message->message.payload().size();
    if (bytes > query.max_bytes && !answer.messages.empty()) {
      answer.is_truncated = true;
      break;
    }
    answer.messages.push_back(message);
  }
  std::ranges::reverse(answer.messages);
  return answer;
}

MessageId MessageIds::next(std::uint64_t now_ms) {
  if (now_ms > last_.ms) {
    last_ = {now_ms, 0};
  } else if (last_.seq == std::numeric_limits<std::uint64_t>::max()) {
    last_ = {last_.ms + 1, 0};
  } else {
    ++last_.seq;
  }
  return last_;
}

}  // namespace wskit
