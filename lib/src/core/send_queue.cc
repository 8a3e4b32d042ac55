#include "core/send_queue.h"

#include <map>
#include <utility>

namespace wskit {

namespace {

/// The end of the runs that are to be dropped; `left` is without them afterwards.
std::size_t find_end(const std::vector<QueuedFrames>& all, std::size_t limit, SendQueue::Time stale,
                     std::size_t& left) {
  std::size_t end = 0;
  for (std::size_t i = 0; i + 1 < all.size(); ++i) {
    const ChannelRun* const run = all[i].run;
    if (run == nullptr) continue;
    if (left <= limit && run->came_at > stale) break;
    left -= all[i].bytes->size();
    end = i + 1;
  }
  return end;
}

}  // namespace

QueuedFrames frames_of(ChannelRun run, SharedBytes bytes) {
  struct Both {
    ChannelRun run;
    SharedBytes bytes;
  };
  const auto both = std::make_shared<const Both>(Both{std::move(run), std::move(bytes)});
  return {SharedBytes{both, both->bytes.get()}, &both->run};
}

void SendQueue::push(QueuedFrames frames) {
  if (is_empty()) {
    first_ = std::move(frames);
    return;
  }
  if (rest_ == nullptr) rest_ = std::make_unique<Rest>();
  rest_->bytes += frames.bytes->size();
  rest_->frames.push_back(std::move(frames));
}

auto SendQueue::take(std::string& scratch, std::size_t limit) -> Block {
  if (rest_ == nullptr) {
    SharedBytes only = std::exchange(first_, {}).bytes;
    const std::string_view bytes = *only;
    return {std::move(only), bytes};
  }
  std::vector<QueuedFrames>& rest = rest_->frames;
  scratch.assign(*first_.bytes);
  std::size_t taken_count = 0;
  while (taken_count < rest.size() && scratch.size() + rest[taken_count].bytes->size() <= limit) {
    scratch.append(*rest[taken_count].bytes);
    rest_->bytes -= rest[taken_count++].bytes->size();
  }
  if (taken_count == rest.size()) {
    first_ = {};
  } else {
    first_ = std::move(rest[taken_count++]);
    rest_->bytes -= first_.bytes->size();
    rest.erase(rest.begin(), rest.begin() + static_cast<std::ptrdiff_t>(taken_count));
  }
  if (is_empty() || rest.empty()) rest_ = nullptr;
  return {nullptr, scratch};
}

auto SendQueue::drop_oldest(std::size_t limit, Time stale, const TellGap& tell_gap) -> Dropped {
  if (is_empty()) return {0, true};
  std::vector<QueuedFrames> all = rest_ ? std::move(rest_->frames) : std::vector<QueuedFrames>{};
  std::size_t left = bytes();
  all.insert(all.begin(), std::move(first_));
  clear();

  const std::size_t end = find_end(all, limit, stale, left);
  struct Hole {
    const ChannelRun* begin;
    std::size_t last;  // where the last run was dropped
  };
  std::map<std::string_view, Hole> holes;
  for (std::size_t i = 0; i < end; ++i) {
    if (all[i].run == nullptr) continue;
    holes.try_emplace(all[i].run->channel, Hole{all[i].run, i}).first->second.last = i;
  }

  Dropped dropped{0, left <= limit || left - all.back().bytes->size() <= limit};
  for (std::size_t i = 0; i < all.size(); ++i) {
    const ChannelRun* const run = all[i].run;
    if (run == nullptr || i >= end) {
      push(std::move(all[i]));
      continue;
    }
    dropped.message_count += run->message_count;
    const auto& [begin, last] = holes.at(run->channel);
    if (i != last) continue;
    push(frames_of({run->channel, begin->after, 0, run->came_at},
                   tell_gap(run->channel, begin->after)));
  }
  return dropped;
}

bool SendQueue::has_stale(Time stale) const {
  // Runs wait in the order in which they came, and the newest frames stay.
  if (rest_ == nullptr) return false;
  const ChannelRun* oldest = first_.run;
  for (std::size_t i = 0; oldest == nullptr && i + 1 < rest_->frames.size(); ++i) {
    oldest = rest_->frames[i].run;
  }
  return oldest != nullptr && oldest->came_at <= stale;
}

std::size_t SendQueue::message_count() const {
  std::size_t count = first_.run ? first_.run->message_count : 0;
  if (rest_ == nullptr) return count;
  for (const QueuedFrames& frames : rest_->frames) {
    if (frames.run != nullptr) count += frames.run->message_count;
  }
  return count;
}

void SendQueue::clear() {
  first_ = {};
  rest_ = nullptr;
}

}  // namespace wskit
