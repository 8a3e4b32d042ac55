#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string_view>

#include <wskit/client_trace.h>

#include "core/frame.h"

namespace wskit {

/// Finds the frames in one direction's bytes, whatever they say, for those who look on.
class FrameScanner {
 public:
  using Found = std::function<void(const FrameTrace& frame)>;

  /// Calls `found` once a frame's header is complete.
  void feed(std::string_view bytes, const Found& found);

 private:
  std::size_t header_bytes_wanted() const;

  std::array<std::uint8_t, kMaxFrameHeaderBytes> header_ = {};
  std::size_t header_bytes_ = 0;
  std::uint64_t payload_left_ = 0;
};

}  // namespace wskit
