#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <vector>

namespace wskit {

/// Many coarse deadlines, set and dropped in constant time.
///
/// Deadlines beyond the wheel's horizon fire at the horizon: whoever set one looks whether it is
/// due and sets it again.
class TimerWheel {
 public:
  using Time = std::chrono::steady_clock::time_point;

  /// One deadline; drops itself when destroyed. Neither copies nor moves.
  class Entry {
   public:
    Entry() = default;
    ~Entry() { drop(); }
    Entry(const Entry&) = delete;
    Entry& operator=(const Entry&) = delete;

    bool is_set() const { return next_ != nullptr; }
    void drop();

   private:
    friend class TimerWheel;
    Entry* previous_ = nullptr;
    Entry* next_ = nullptr;
  };

  static constexpr std::chrono::milliseconds kTick{100};
  static constexpr std::size_t kSlotCount = 1024;

  explicit TimerWheel(Time now) : slots_(kSlotCount), last_tick_{now} {}

  /// Replaces the entry's earlier deadline.
  void set(Entry& entry, Time deadline);

  /// Drops the entries that are due and calls `fire` for each.
  void advance(Time now, const std::function<void(Entry&)>& fire);

 private:
  struct Slot {
    Slot() { head.previous_ = head.next_ = &head; }
    ~Slot();
    Entry head;
  };

  std::vector<Slot> slots_;
  std::size_t position_ = 0;  ///< the slot of last_tick_
  Time last_tick_;
};

}  // namespace wskit
