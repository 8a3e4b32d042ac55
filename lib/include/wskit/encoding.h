#pragma once

#include <cstddef>
#include <cstdint>

namespace wskit {

/// How messages of channels are written to a session.
enum class Encoding : std::uint8_t {
  plain,           ///< a frame is the message, and nothing else
  plain_with_ids,  ///< its id and a line feed come first
  json,            ///< text frames with the objects of wskit.v1.json
  sse,             ///< Server-Sent Events whose data are the same objects
};

inline constexpr std::size_t kEncodingCount = 4;

}  // namespace wskit
