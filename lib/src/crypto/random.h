#pragma once

#include <cstddef>
#include <string>

#include "core/frame.h"

namespace wskit {

/// `byte_count` bytes nobody can predict, in lower-case hex.
std::string random_hex(std::size_t byte_count);

/// A Sec-WebSocket-Key: 16 random bytes in base64 (RFC 6455 section 4.1).
std::string random_websocket_key();

/// Uniform in [0, 1).
double random_unit();

/// Nobody can predict it (RFC 6455 section 5.3). Each thread draws its masks in blocks.
Mask random_mask();

}  // namespace wskit
