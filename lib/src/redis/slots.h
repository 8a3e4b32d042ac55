#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "redis/reply.h"
#include "redis/target.h"

namespace wskit {

/// What a Redis Cluster divides its keys and channels into.
inline constexpr unsigned kSlotCount = 16384;

/// The slot of a key, or of a sharded channel.
unsigned key_slot(std::string_view key);

/// What decides about the slot: what is between the first `{` and the next `}`, unless that is
/// nothing, otherwise the whole key.
std::string_view hash_tag(std::string_view key);

/// Slots that follow each other, and the master that has them.
struct SlotRange {
  unsigned first;
  unsigned last;
  RedisAddress master;

  bool contains(unsigned slot) const { return first <= slot && slot <= last; }
};

/// The answer to CLUSTER SLOTS, of which only well-formed ranges are taken. A node that does not
/// know its own address means `asked`, by which it was reached.
std::vector<SlotRange> parse_slots(const RedisReply& reply, const RedisAddress& asked);

/// The address of the master of that slot.
std::optional<RedisAddress> find_master(const std::vector<SlotRange>& ranges, unsigned slot);

}  // namespace wskit
