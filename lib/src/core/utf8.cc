#include "core/utf8.h"

#include <cstring>

namespace wskit {
namespace {

/// Where the first block with something else than ASCII begins, from `at` on; or the last part of
/// `bytes`, which is no whole block.
template <std::size_t kWords>
std::size_t skip_ascii_blocks(std::string_view bytes, std::size_t at) {
  constexpr std::size_t kBlockBytes = kWords * sizeof(std::uint64_t);
  for (; at + kBlockBytes <= bytes.size(); at += kBlockBytes) {
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i < kBlockBytes; i += sizeof sum) {
      std::uint64_t word = 0;  // an array of them would be written to the stack
      std::memcpy(&word, bytes.data() + at + i, sizeof word);
      sum |= word;
    }
    if ((sum & 0x8080808080808080U) != 0) break;
  }
  return at;
}

/// How many of the first bytes are ASCII, in steps of eight.
std::size_t ascii_prefix(std::string_view bytes) {
  // Compilers turn large blocks into vectors.
  const std::size_t at = skip_ascii_blocks<8>(bytes, skip_ascii_blocks<32>(bytes, 0));
  return skip_ascii_blocks<1>(bytes, at);
}

}  // namespace

bool Utf8Validator::feed(std::string_view bytes) {
  std::size_t at = missing_ == 0 ? ascii_prefix(bytes) : 0;
  while (at < bytes.size()) {
    const auto byte = static_cast<std::uint8_t>(bytes[at++]);
    if (missing_ > 0) {
      if (byte < lowest_next_ || byte > highest_next_) return false;
      lowest_next_ = 0x80;
      highest_next_ = 0xBF;
      --missing_;
    } else if (byte < 0x80) {
      at += ascii_prefix(bytes.substr(at));
    } else if (byte < 0xC2 || byte > 0xF4) {
      return false;
    } else {
      missing_ = byte < 0xE0 ? 1 : byte < 0xF0 ? 2 : 3;
      if (byte == 0xE0) lowest_next_ = 0xA0;   // no overlong forms
      if (byte == 0xED) highest_next_ = 0x9F;  // no surrogates
      if (byte == 0xF0) lowest_next_ = 0x90;
      if (byte == 0xF4) highest_next_ = 0x8F;  // nothing over U+10FFFF
    }
  }
  return true;
}

bool is_utf8(std::string_view bytes) {
  Utf8Validator validator;
  return validator.feed(bytes) && validator.is_complete();
}

std::string_view cut_utf8(std::string_view text, std::size_t limit) {
  if (text.size() <= limit) return text;
  while (limit > 0 && (static_cast<std::uint8_t>(text[limit]) & 0xC0U) == 0x80) --limit;
  return text.substr(0, limit);
}

}  // namespace wskit
