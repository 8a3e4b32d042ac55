#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include <wskit/close_status.h>

namespace wskit {

/// Who speaks: clients mask what they send, servers do not (RFC 6455 section 5.1).
enum class Role : std::uint8_t { client, server };

/// All opcodes of RFC 6455 section 5.2.
enum class FrameOpcode : std::uint8_t {
  continuation = 0,
  text = 1,
  binary = 2,
  close = 8,
  ping = 9,
  pong = 10,
};

inline constexpr std::size_t kMaxFrameHeaderBytes = 14;
inline constexpr std::size_t kMaxControlPayloadBytes = 125;
inline constexpr std::size_t kMaxCloseReasonBytes = 123;

using Mask = std::array<std::uint8_t, 4>;

struct FrameHeader {
  std::uint64_t payload_bytes = 0;
  Mask mask = {};
  FrameOpcode opcode = FrameOpcode::text;
  bool is_final = true;
  bool is_masked = false;
  bool is_compressed = false;  ///< RSV1, in the first frame of a message (RFC 7692 section 6)

  bool is_control() const { return static_cast<std::uint8_t>(opcode) >= 8; }
};

/// What reading a header from the front of some bytes gave.
struct FrameHeaderResult {
  enum class Kind : std::uint8_t { incomplete, complete, malformed };
  Kind kind = Kind::incomplete;
  std::size_t header_bytes = 0;  ///< complete: how many were the header's
  FrameHeader header = {};
  std::string_view problem = {};  ///< malformed: why (1002)
};

/// Reads a header sent by a peer of that role; checks reserved bits and opcodes, masking, minimal
/// length encoding, and size and fragmentation of control frames (RFC 6455 section 5.2, 5.5). RSV1
/// is refused unless messages may be compressed.
FrameHeaderResult decode_frame_header(std::string_view bytes, Role sender,
                                      bool may_be_compressed = false);

/// Writes the header and returns its length.
std::size_t encode_frame_header(const FrameHeader& header,
                                std::span<std::uint8_t, kMaxFrameHeaderBytes> out);

/// Appends one frame, masked if the header says so.
void append_frame(std::string& out, FrameHeader header, std::string_view payload);

/// Masks or unmasks in place, `offset` bytes into the payload (RFC 6455 section 5.3).
void apply_mask(std::span<char> bytes, const Mask& mask, std::uint64_t offset = 0);

/// The payload of a Close frame; a code that is never sent gives an empty one, a reason over 123
/// bytes is cut at a character (RFC 6455 section 5.5.1).
std::string close_payload(const CloseStatus& status);

/// Empty if the payload breaks section 5.5.1 or the code is none that an endpoint may send
/// (section 7.4): 1002. `CloseStatus::reason` is not yet checked to be UTF-8.
std::optional<CloseStatus> parse_close_payload(std::string_view payload);

}  // namespace wskit
