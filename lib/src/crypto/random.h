#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

#include "core/frame.h"

namespace wskit {

/// `byte_count` bytes nobody can predict, in lower-case hex.
std::string random_hex(std::size_t byte_count);

/// A Sec-WebSocket-Key: 16 random bytes in base64 (RFC 6455 section 4.1).
std::string random_websocket_key();

/// Uniform in [0, 1).
double random_unit();

/// Unpredictable masks (RFC 6455 section 5.3), drawn in blocks. Thread: one.
class MaskSource {
 public:
  Mask next();

 private:
  std::array<std::uint8_t, 1024> block_;
  std::size_t used_ = sizeof block_;
};

}  // namespace wskit
