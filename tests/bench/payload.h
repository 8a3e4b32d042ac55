#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace bench {

/// What a measured message carries: when it was due to be sent, and its number.
///
/// On the wire it is a mark and 24 letters from a to p, one for four bits. That is plain ASCII
/// without anything to escape, so it survives text frames, JSON and Redis alike.
struct Stamp {
  std::uint64_t due_ns = 0;  ///< of the steady clock
  std::uint32_t sequence = 0;
};

inline constexpr std::string_view kStampMark = "@ws@";
inline constexpr std::size_t kStampBytes = 4 + 8 + 16;

namespace detail {

inline void write_letters(char* out, std::uint32_t value) {
  std::uint64_t spread = value;
  spread = (spread | spread << 16) & 0x0000ffff0000ffff;
  spread = (spread | spread << 8) & 0x00ff00ff00ff00ff;
  spread = (spread | spread << 4) & 0x0f0f0f0f0f0f0f0f;
  spread = __builtin_bswap64(spread + 0x6161616161616161);
  std::memcpy(out, &spread, sizeof spread);
}

inline std::uint32_t read_letters(const char* in) {
  std::uint64_t spread;
  std::memcpy(&spread, in, sizeof spread);
  spread = __builtin_bswap64(spread) - 0x6161616161616161;
  spread = (spread | spread >> 4) & 0x00ff00ff00ff00ff;
  spread = (spread | spread >> 8) & 0x0000ffff0000ffff;
  return static_cast<std::uint32_t>(spread | spread >> 16);
}

static_assert(std::endian::native == std::endian::little);

}  // namespace detail

/// Writes kStampBytes at `out`.
inline void write_stamp(char* out, Stamp stamp) {
  std::memcpy(out, kStampMark.data(), kStampMark.size());
  detail::write_letters(out + 4, stamp.sequence);
  detail::write_letters(out + 12, static_cast<std::uint32_t>(stamp.due_ns >> 32));
  detail::write_letters(out + 20, static_cast<std::uint32_t>(stamp.due_ns));
}

/// Reads the kStampBytes at `in`, which starts with the mark.
inline Stamp read_stamp(const char* in) {
  const std::uint64_t high = detail::read_letters(in + 12);
  return {high << 32 | detail::read_letters(in + 20), detail::read_letters(in + 4)};
}

/// Finds stamps in messages that nearly always have them at the same place.
class StampFinder {
 public:
  /// Where the stamp starts, or null if the message has none.
  const char* find(std::string_view message) {
    if (has_stamp_at(message, usual_offset_)) return message.data() + usual_offset_;
    const std::size_t found = message.find(kStampMark);
    if (found == message.npos || !has_stamp_at(message, found)) return nullptr;
    usual_offset_ = found;
    return message.data() + found;
  }

 private:
  static bool has_stamp_at(std::string_view message, std::size_t offset) {
    return offset + kStampBytes <= message.size() &&
           std::memcmp(message.data() + offset, kStampMark.data(), kStampMark.size()) == 0;
  }

  std::size_t usual_offset_ = 0;
};

}  // namespace bench
