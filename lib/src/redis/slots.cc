#include "redis/slots.h"

#include <algorithm>
#include <array>
#include <cstdint>

namespace wskit {
namespace {

/// CRC-16/XMODEM: polynomial 0x1021, nothing reflected, from 0.
constexpr std::array<std::uint16_t, 256> kCrcTable = [] {
  std::array<std::uint16_t, 256> table{};
  for (unsigned byte = 0; byte < table.size(); ++byte) {
    unsigned crc = byte << 8;
    for (int bit = 0; bit < 8; ++bit) crc = (crc << 1) ^ ((crc & 0x8000U) != 0 ? 0x1021U : 0U);
    table[byte] = static_cast<std::uint16_t>(crc);
  }
  return table;
}();

}  // namespace

std::string_view hash_tag(std::string_view key) {
  const auto open = key.find('{');
  if (open == std::string_view::npos) return key;
  const auto close = key.find('}', open + 1);
  if (close == std::string_view::npos || close == open + 1) return key;
  return key.substr(open + 1, close - open - 1);
}

unsigned key_slot(std::string_view key) {
  unsigned crc = 0;
  for (const char c : hash_tag(key)) {
    crc = ((crc << 8) ^ kCrcTable[((crc >> 8) ^ static_cast<unsigned char>(c)) & 0xFFU]) & 0xFFFFU;
  }
  return crc % kSlotCount;
}

std::vector<SlotRange> parse_slots(const RedisReply& reply, const RedisAddress& asked) {
  // [first, last, [host, port, …], replicas …] for each range
  std::vector<SlotRange> ranges;
  for (const RedisReply& each : reply.elements) {
    const auto& parts = each.elements;
    if (parts.size() < 3 || parts[2].elements.size() < 2) continue;
    const auto first = parts[0].integer, last = parts[1].integer;
    if (first < 0 || last < first || last >= kSlotCount) continue;
    const auto& master = parts[2].elements;
    ranges.push_back({static_cast<unsigned>(first), static_cast<unsigned>(last),
                      RedisAddress{master[0].text.empty() ? asked.host : master[0].text,
                                   std::to_string(master[1].integer)}});
  }
  return ranges;
}

std::optional<RedisAddress> find_master(const std::vector<SlotRange>& ranges, unsigned slot) {
  const auto found =
      std::ranges::find_if(ranges, [&](const SlotRange& each) { return each.contains(slot); });
  if (found == ranges.end()) return std::nullopt;
  return found->master;
}

}  // namespace wskit
