#include "core/frame_scanner.h"

#include <algorithm>

namespace wskit {
namespace {

constexpr std::size_t kMinHeaderBytes = 2;

std::uint64_t read_number(const std::uint8_t* bytes, std::size_t count) {
  std::uint64_t number = 0;
  for (std::size_t i = 0; i < count; ++i) number = number << 8U | bytes[i];
  return number;
}

std::size_t length_bytes(std::uint8_t second) {
  const unsigned length = second & 0x7FU;
  return length == 126 ? 2 : length == 127 ? 8 : 0;
}

FrameTrace read_header(const std::uint8_t* header) {
  const std::size_t extra = length_bytes(header[1]);
  FrameTrace frame{.is_final = (header[0] & 0x80U) != 0,
                   .is_masked = (header[1] & 0x80U) != 0,
                   .reserved_bits = static_cast<std::uint8_t>(header[0] >> 4U & 7U),
                   .opcode = static_cast<std::uint8_t>(header[0] & 0x0FU)};
  frame.payload_bytes =
      extra == 0 ? header[1] & 0x7FU : read_number(header + kMinHeaderBytes, extra);
  if (frame.is_masked) {
    frame.mask = static_cast<std::uint32_t>(read_number(header + kMinHeaderBytes + extra, 4));
  }
  return frame;
}

}  // namespace

std::size_t FrameScanner::header_bytes_wanted() const {
  if (header_bytes_ < kMinHeaderBytes) return kMinHeaderBytes;
  const bool is_masked = (header_[1] & 0x80U) != 0;
  return kMinHeaderBytes + length_bytes(header_[1]) + (is_masked ? sizeof(Mask) : 0);
}

void FrameScanner::feed(std::string_view bytes, const Found& found) {
  while (!bytes.empty()) {
    const auto skipped =
        static_cast<std::size_t>(std::min<std::uint64_t>(payload_left_, bytes.size()));
    payload_left_ -= skipped;
    bytes.remove_prefix(skipped);
    while (header_bytes_ < header_bytes_wanted() && !bytes.empty()) {
      header_[header_bytes_++] = static_cast<std::uint8_t>(bytes.front());
      bytes.remove_prefix(1);
    }
    if (header_bytes_ < header_bytes_wanted()) return;
    const FrameTrace frame = read_header(header_.data());
    header_bytes_ = 0;
    payload_left_ = frame.payload_bytes;
    found(frame);
  }
}

}  // namespace wskit
