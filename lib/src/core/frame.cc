#include "core/frame.h"

#include <algorithm>
#include <cstring>

#include "core/utf8.h"

namespace wskit {
namespace {

constexpr std::uint8_t kFinalBit = 0x80;
constexpr std::uint8_t kReservedBits = 0x70;
constexpr std::uint8_t kCompressedBit = 0x40;
constexpr std::uint8_t kMaskBit = 0x80;
constexpr std::uint8_t kLength16 = 126;
constexpr std::uint8_t kLength64 = 127;

std::uint8_t byte_at(std::string_view bytes, std::size_t at) {
  return static_cast<std::uint8_t>(bytes[at]);
}

FrameHeaderResult malformed(std::string_view problem) {
  return {.kind = FrameHeaderResult::Kind::malformed, .problem = problem};
}

std::string_view check_first_byte(std::uint8_t first, bool may_be_compressed) {
  const unsigned opcode = first & 0x0FU;
  const bool begins_message = opcode == 1 || opcode == 2;
  const unsigned allowed = may_be_compressed && begins_message ? kCompressedBit : 0U;
  if ((first & kReservedBits & ~allowed) != 0) return "reserved bits are set";
  if ((opcode > 2 && opcode < 8) || opcode > 10) return "unknown opcode";
  if (opcode >= 8 && (first & kFinalBit) == 0) return "fragmented control frame";
  return {};
}

std::string_view check_second_byte(std::uint8_t first, std::uint8_t second, Role sender) {
  const bool is_masked = (second & kMaskBit) != 0;
  if (sender == Role::client && !is_masked) return "client frame is not masked";
  if (sender == Role::server && is_masked) return "server frame is masked";
  if ((first & 0x08U) != 0 && (second & 0x7FU) > kMaxControlPayloadBytes) {
    return "control frame over 125 bytes";
  }
  return {};
}

}  // namespace

// Section 7.4.1, the registry's 1012 to 1014, and section 7.4.2.
bool close_code::may_be_sent(unsigned code) {
  if (code >= 3000) return code <= 4999;
  return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014);
}

FrameHeaderResult decode_frame_header(std::string_view bytes, Role sender, bool may_be_compressed) {
  if (bytes.empty()) return {};
  const std::uint8_t first = byte_at(bytes, 0);
  if (const auto problem = check_first_byte(first, may_be_compressed); !problem.empty()) {
    return malformed(problem);
  }
  if (bytes.size() < 2) return {};
  const std::uint8_t second = byte_at(bytes, 1);
  if (const auto problem = check_second_byte(first, second, sender); !problem.empty()) {
    return malformed(problem);
  }

  FrameHeader header;
  header.is_final = (first & kFinalBit) != 0;
  header.is_compressed = (first & kCompressedBit) != 0;
  header.opcode = static_cast<FrameOpcode>(first & 0x0FU);
  header.is_masked = (second & kMaskBit) != 0;
  const std::uint8_t short_length = second & 0x7FU;
  const std::size_t length_bytes = short_length == kLength64   ? 8
                                   : short_length == kLength16 ? 2
                                                               : 0;
  const std::size_t header_bytes = 2 + length_bytes + (header.is_masked ? 4 : 0);
  if (bytes.size() < 2 + length_bytes) return {};

  header.payload_bytes = length_bytes == 0 ? short_length : 0;
  for (std::size_t i = 0; i < length_bytes; ++i) {
    header.payload_bytes = header.payload_bytes << 8U | byte_at(bytes, 2 + i);
  }
  if ((header.payload_bytes >> 63U) != 0) return malformed("frame length over 2^63");
  if ((length_bytes == 2 && header.payload_bytes < kLength16) ||
      (length_bytes == 8 && header.payload_bytes < 65536)) {
    return malformed("frame length is not in its shortest form");
  }
  if (bytes.size() < header_bytes) return {};
  if (header.is_masked) std::memcpy(header.mask.data(), bytes.data() + header_bytes - 4, 4);
  return {FrameHeaderResult::Kind::complete, header_bytes, header, {}};
}

std::size_t encode_frame_header(const FrameHeader& header,
                                std::span<std::uint8_t, kMaxFrameHeaderBytes> out) {
  std::size_t at = 0;
  const std::uint8_t mask_bit = header.is_masked ? kMaskBit : 0;
  out[at++] = static_cast<std::uint8_t>((header.is_final ? kFinalBit : 0) |
                                        (header.is_compressed ? kCompressedBit : 0) |
                                        static_cast<std::uint8_t>(header.opcode));
  const std::uint64_t length = header.payload_bytes;
  const int length_bytes = length < kLength16 ? 0 : length < 65536 ? 2 : 8;
  out[at++] = static_cast<std::uint8_t>(mask_bit | (length_bytes == 0   ? length
                                                    : length_bytes == 2 ? kLength16
                                                                        : kLength64));
  for (int i = length_bytes - 1; i >= 0; --i) {
    out[at++] = static_cast<std::uint8_t>(length >> (8 * i));
  }
  if (header.is_masked) {
    std::memcpy(out.data() + at, header.mask.data(), header.mask.size());
    at += header.mask.size();
  }
  return at;
}

void append_frame(std::string& out, FrameHeader header, std::string_view payload) {
  header.payload_bytes = payload.size();
  std::array<std::uint8_t, kMaxFrameHeaderBytes> encoded;
  const std::size_t header_bytes = encode_frame_header(header, encoded);
  out.reserve(out.size() + header_bytes + payload.size());
  out.append(reinterpret_cast<const char*>(encoded.data()), header_bytes);
  out.append(payload);
  if (header.is_masked) {
    apply_mask(std::span{out}.subspan(out.size() - payload.size()), header.mask);
  }
}

void apply_mask(std::span<char> bytes, const Mask& mask, std::uint64_t offset) {
  std::array<std::uint8_t, 8> rotated;
  for (std::size_t i = 0; i < rotated.size(); ++i) rotated[i] = mask[(offset + i) % 4];
  std::uint64_t word_mask = 0;
  std::memcpy(&word_mask, rotated.data(), sizeof word_mask);
  std::size_t at = 0;
  for (std::uint64_t words[4]; at + sizeof words <= bytes.size(); at += sizeof words) {
    std::memcpy(words, bytes.data() + at, sizeof words);
    words[0] ^= word_mask;
    words[1] ^= word_mask;
    words[2] ^= word_mask;
    words[3] ^= word_mask;
    std::memcpy(bytes.data() + at, words, sizeof words);
  }
  for (; at + sizeof word_mask <= bytes.size(); at += sizeof word_mask) {
    std::uint64_t word = 0;
    std::memcpy(&word, bytes.data() + at, sizeof word);
    word ^= word_mask;
    std::memcpy(bytes.data() + at, &word, sizeof word);
  }
  for (std::size_t i = 0; at < bytes.size(); ++at, ++i) {
    bytes[at] = static_cast<char>(static_cast<std::uint8_t>(bytes[at]) ^ rotated[i]);
  }
}

std::string close_payload(const CloseStatus& status) {
  if (!close_code::may_be_sent(status.code)) return {};
  std::string payload;
  payload.push_back(static_cast<char>(status.code >> 8U));
  payload.push_back(static_cast<char>(status.code & 0xFFU));
  payload.append(cut_utf8(status.reason, kMaxCloseReasonBytes));
  return payload;
}

std::optional<CloseStatus> parse_close_payload(std::string_view payload) {
  if (payload.empty()) return CloseStatus{};
  if (payload.size() == 1) return std::nullopt;
  const auto code = static_cast<std::uint16_t>(byte_at(payload, 0) << 8U | byte_at(payload, 1));
  if (!close_code::may_be_sent(code)) return std::nullopt;
  return CloseStatus{code, std::string(payload.substr(2))};
}

}  // namespace wskit
