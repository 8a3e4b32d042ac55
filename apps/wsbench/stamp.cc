#include "stamp.h"

#include <bit>
#include <cstring>

namespace {

constexpr std::string_view kMark = "@ws@";
constexpr std::size_t kWordBytes = 8;
constexpr std::uint64_t kTimeMask = static_cast<std::uint64_t>(kTimeSpan.count()) - 1;
constexpr std::uint64_t kLetters = 0x6161616161616161;  // eight times a

static_assert(std::endian::native == std::endian::little);
static_assert(kStampBytes == kMark.size() + 5 * kWordBytes);

/// Eight letters, the highest four bits first.
void write_word(char* out, std::uint32_t value) {
  std::uint64_t spread = value;
  spread = (spread | spread << 16U) & 0x0000ffff0000ffff;
  spread = (spread | spread << 8U) & 0x00ff00ff00ff00ff;
  spread = (spread | spread << 4U) & 0x0f0f0f0f0f0f0f0f;
  spread = __builtin_bswap64(spread + kLetters);
  std::memcpy(out, &spread, sizeof spread);
}

using Letters = std::uint8_t __attribute__((vector_size(2 * kWordBytes)));
using LetterPairs = std::uint16_t __attribute__((vector_size(2 * kWordBytes)));
using Words = std::uint64_t __attribute__((vector_size(2 * kWordBytes)));
using Bytes = std::uint8_t __attribute__((vector_size(kWordBytes)));

/// Two words. Gathers into `strange` the bits that letters from a to p do not have.
std::uint64_t read_words(const char* in, Letters& strange) {
  Letters letters;
  std::memcpy(&letters, in, sizeof letters);
  letters -= 'a';
  strange |= letters & 0xf0;
  const auto pairs = reinterpret_cast<LetterPairs>(letters);
  const auto bytes = __builtin_convertvector((pairs << 4 | pairs >> 8) & 0xff, Bytes);
  return __builtin_bswap64(reinterpret_cast<std::uint64_t>(bytes));
}

std::uint64_t time_bits(std::chrono::nanoseconds time) {
  return static_cast<std::uint64_t>(time.count()) & kTimeMask;
}

bool has_mark_at(std::string_view message, std::size_t offset) {
  return message.size() >= offset + kStampBytes &&
         std::memcmp(message.data() + offset, kMark.data(), kMark.size()) == 0;
}

}  // namespace

void write_stamp(char* out, const Stamp& stamp) {
  const std::uint64_t due = time_bits(stamp.due);
  const std::uint64_t lag = time_bits(stamp.lag);
  std::memcpy(out, kMark.data(), kMark.size());
  out += kMark.size();
  write_word(out, static_cast<std::uint32_t>(stamp.run) << 16U | stamp.sender);
  write_word(out + kWordBytes, stamp.sequence);
  write_word(out + 2 * kWordBytes, static_cast<std::uint32_t>(due >> 16U));
  write_word(out + 3 * kWordBytes, static_cast<std::uint32_t>((due & 0xffff) << 16U | lag >> 32U));
  write_word(out + 4 * kWordBytes, static_cast<std::uint32_t>(lag));
}

std::optional<Stamp> StampReader::read(std::string_view message) {
  if (!has_mark_at(message, offset_)) {
    const std::size_t found = message.find(kMark);
    if (found == std::string_view::npos || !has_mark_at(message, found)) return std::nullopt;
    offset_ = found;
  }
  const char* const words = message.data() + offset_ + kMark.size();
  Letters strange{};
  const std::uint64_t who_and_sequence = read_words(words, strange);
  const std::uint64_t due = read_words(words + 2 * kWordBytes, strange) >> 16U;
  const std::uint64_t lag = read_words(words + 3 * kWordBytes, strange) & kTimeMask;
  const auto strange_words = reinterpret_cast<Words>(strange);
  if ((strange_words[0] | strange_words[1]) != 0) return std::nullopt;
  return Stamp{.run = static_cast<std::uint16_t>(who_and_sequence >> 48U),
               .sender = static_cast<std::uint16_t>(who_and_sequence >> 32U),
               .sequence = static_cast<std::uint32_t>(who_and_sequence),
               .due = std::chrono::nanoseconds{due},
               .lag = std::chrono::nanoseconds{lag}};
}
