#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

/// Something about each of the last kCapacity numbers of a sequence; what is older is forgotten.
template <typename Value>
class RecentSequences {
 public:
  static constexpr std::size_t kCapacity = 1024;

  RecentSequences() : slots_(kCapacity) {}

  /// Null if nothing is known of it.
  Value* find(std::uint32_t sequence) {
    Slot& slot = slots_[sequence % kCapacity];
    return slot.is_used && slot.sequence == sequence ? &slot.value : nullptr;
  }

  /// Replaces what was known of a lower number in its place; null if there is a higher one.
  Value* add(std::uint32_t sequence, const Value& value) {
    Slot& slot = slots_[sequence % kCapacity];
    if (slot.is_used && slot.sequence > sequence) return nullptr;
    slot = {value, sequence, true};
    return &slot.value;
  }

  /// Calls `visit(sequence, value)` for each that is known, in no order; it may forget this one.
  template <typename Visit>
  void visit(Visit visit) {
    for (Slot& slot : slots_) {
      if (slot.is_used) visit(slot.sequence, slot.value);
    }
  }

  void forget(std::uint32_t sequence) { slots_[sequence % kCapacity].is_used = false; }
  void forget_all() { slots_.assign(kCapacity, {}); }

 private:
  struct Slot {
    Value value{};
    std::uint32_t sequence = 0;
    bool is_used = false;
  };

  std::vector<Slot> slots_;
};
