#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// A frame as somebody who tests a server wants it, right or wrong (RFC 6455 section 5.2).
struct LabFrame {
  bool is_final = true;
  std::uint8_t reserved_bits = 0;  ///< RSV1 is 4
  std::uint8_t opcode = 1;
  std::optional<std::uint32_t> mask;    ///< empty: not masked
  std::optional<std::uint64_t> length;  ///< what it says; empty: that of the payload
  int length_bits = 0;                  ///< 7, 16 or 64; 0: as few as the length needs
  std::string payload;

  /// The bytes, the payload masked.
  std::string encode() const;
};

/// Reads words such as `nofin rsv1 op=ping mask=none len=70000 bits=64`, and then the payload,
/// which `hex:` may be before; a word that is none of these begins it. `random_mask` is used unless
/// they say otherwise. Throws wskit::Error for a word with a bad value.
LabFrame parse_lab_frame(std::string_view text, std::uint32_t random_mask);

/// Bytes in hex, with or without spaces between pairs of digits; empty if malformed.
std::optional<std::string> parse_hex(std::string_view text);
