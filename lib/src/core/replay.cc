#include "core/replay.h"

#include <algorithm>
#include <utility>

namespace wskit {

void Replay::add(std::vector<std::string> channels, MessageId after) {
  parts_.push_back({next_number_++, std::move(channels), after});
}

void Replay::remove(std::string_view channel) {
  for (Part& part : parts_) std::erase(part.channels, channel);
  std::erase_if(parts_, [](const Part& part) { return part.channels.empty(); });
}

bool Replay::covers(std::string_view channel) const {
  return std::ranges::any_of(parts_, [channel](const Part& part) {
    return std::ranges::find(part.channels, channel) != part.channels.end();
  });
}

auto Replay::next(const MessageLog& log, std::size_t max_bytes) -> Step {
  for (std::size_t i = 0; i < parts_.size();) {
    Part& part = parts_[i];
    const bool is_ahead = part.is_verified && part.after > log.last_id();
    if (part.is_asked || is_ahead) {
      ++i;
      continue;
    }
    if (!log.covers(part.after)) {
      part.is_asked = true;
      return Ask{part.number, {part.channels, part.after, max_bytes}};
    }
    MessageLog::Page page = log.read(part.channels, part.after, max_bytes);
    part.after = page.read_to;
    if (page.is_last) parts_.erase(parts_.begin() + static_cast<std::ptrdiff_t>(i));
    if (!page.messages.empty()) return Send{std::move(page.messages)};
  }
  if (parts_.empty()) return Done{};
  return Wait{};
}

auto Replay::answer(std::uint32_t number, LogAnswer answer) -> Answered {
  const auto part = std::ranges::find(parts_, number, &Part::number);
  if (part == parts_.end()) return {};
  part->is_asked = false;
  if (answer.status == LogAnswer::Status::unavailable) return {};
  part->is_verified = true;
  const MessageId after = std::exchange(part->after, answer.read_to);
  if (answer.status == LogAnswer::Status::gap) return {{}, part->channels, after};
  // A channel may have been left while the answer was under way.
  std::erase_if(answer.messages, [&](const SharedMessage& message) {
    return std::ranges::find(part->channels, message->channel) == part->channels.end();
  });
  return {std::move(answer.messages), {}, {}};
}

}  // namespace wskit
