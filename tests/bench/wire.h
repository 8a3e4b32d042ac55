#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace bench {

/// The part of RFC 6455 that the bare server speaks.
enum class Opcode : std::uint8_t { continuation, text, binary, close = 8, ping, pong };

struct FrameHeader {
  Opcode opcode = Opcode::continuation;
  bool is_masked = false;
  std::size_t header_bytes = 0;  ///< mask included; 0: the header is not complete yet
  std::uint64_t payload_bytes = 0;

  [[nodiscard]] bool is_control() const { return opcode >= Opcode::close; }
  [[nodiscard]] bool is_whole_within(std::size_t available_bytes) const {
    return header_bytes != 0 && available_bytes >= header_bytes &&
           available_bytes - header_bytes >= payload_bytes;
  }
};

using MaskKey = std::array<char, 4>;
inline constexpr std::size_t kMaskBytes = 4;

/// The longest header without a mask.
inline constexpr std::size_t kMaxHeaderBytes = 10;

/// The header at the start of `data`, which may hold less than one.
inline FrameHeader parse_header(const char* data, std::size_t size) {
  FrameHeader header;
  if (size < 2) return header;
  const auto byte = [data](std::size_t at) { return static_cast<std::uint8_t>(data[at]); };
  header.opcode = static_cast<Opcode>(byte(0) & 15);
  header.is_masked = (byte(1) & 0x80) != 0;
  header.payload_bytes = byte(1) & 0x7fU;
  std::size_t length_bytes = 0;
  if (header.payload_bytes == 126) length_bytes = 2;
  if (header.payload_bytes == 127) length_bytes = 8;
  if (size < 2 + length_bytes) return header;

  if (length_bytes != 0) header.payload_bytes = 0;
  for (std::size_t at = 2; at < 2 + length_bytes; ++at) {
    header.payload_bytes = header.payload_bytes << 8 | byte(at);
  }
  header.header_bytes = 2 + length_bytes + (header.is_masked ? kMaskBytes : 0);
  return header;
}

/// Size of an unmasked header.
inline std::size_t header_bytes_for(std::size_t payload_bytes) {
  if (payload_bytes < 126) return 2;
  return payload_bytes <= 0xffff ? 4 : kMaxHeaderBytes;
}

/// Writes the unmasked header of a final frame, header_bytes_for(payload_bytes) long.
void write_header(char* out, Opcode opcode, std::size_t payload_bytes);

/// Masks or unmasks in place. `offset` is where `data` lies in its frame's payload.
void apply_mask(char* data, std::size_t size, MaskKey key, std::size_t offset = 0);

/// The Sec-WebSocket-Accept that answers `key`.
[[nodiscard]] std::string accept_for(std::string_view key);

/// The value of a header field in an HTTP head (start line included), without leading blanks;
/// empty if there is none. The name is matched in any case.
[[nodiscard]] std::string_view header_value(std::string_view head, std::string_view name);

}  // namespace bench
