#include "core/timer_wheel.h"

#include <algorithm>

namespace wskit {

void TimerWheel::Entry::drop() {
  if (next_ == nullptr) return;
  previous_->next_ = next_;
  next_->previous_ = previous_;
  previous_ = next_ = nullptr;
}

TimerWheel::Slot::~Slot() {
  while (head.next_ != &head) head.next_->drop();
  head.previous_ = head.next_ = nullptr;
}

void TimerWheel::set(Entry& entry, Time deadline) {
  entry.drop();
  const auto ahead = (deadline - last_tick_ + kTick - std::chrono::nanoseconds{1}) / kTick;
  const auto ticks = std::clamp<std::int64_t>(ahead, 1, kSlotCount - 1);
  Entry& head = slots_[(position_ + static_cast<std::size_t>(ticks)) % kSlotCount].head;
  entry.next_ = &head;
  entry.previous_ = head.previous_;
  head.previous_->next_ = &entry;
  head.previous_ = &entry;
}

void TimerWheel::advance(Time now, const std::function<void(Entry&)>& fire) {
  while (last_tick_ + kTick <= now) {
    last_tick_ += kTick;
    position_ = (position_ + 1) % kSlotCount;
    Entry& head = slots_[position_].head;
    // An entry that is set again goes to a later slot, so this ends.
    while (head.next_ != &head) {
      Entry& due = *head.next_;
      due.drop();
      fire(due);
    }
  }
}

}  // namespace wskit
