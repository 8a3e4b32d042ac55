#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace wskit {

/// Validates UTF-8 (RFC 3629) that comes in pieces: no surrogates, no overlong forms, nothing
/// over U+10FFFF.
class Utf8Validator {
 public:
  /// False as soon as the bytes so far cannot be the beginning of valid UTF-8.
  [[nodiscard]] bool feed(std::string_view bytes);

  /// Whether the bytes so far end with a whole character.
  bool is_complete() const { return missing_ == 0; }

  void reset() { *this = {}; }

 private:
  std::uint8_t missing_ = 0;         ///< continuation bytes still to come
  std::uint8_t lowest_next_ = 0x80;  ///< bounds of the next one
  std::uint8_t highest_next_ = 0xBF;
};

bool is_utf8(std::string_view bytes);

/// The longest prefix of valid UTF-8 `text` with at most `limit` bytes that ends with a whole
/// character.
std::string_view cut_utf8(std::string_view text, std::size_t limit);

}  // namespace wskit
