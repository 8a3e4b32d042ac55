#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "payload.h"
#include "websocket_stream.h"

namespace bench {

/// The bytes of one message, prepared but for the stamp: masked frame, HTTP request or command.
class SendTemplate {
 public:
  /// A masked frame whose message is `before`, the payload and `after`.
  [[nodiscard]] static SendTemplate frame(Opcode opcode, std::string_view before,
                                          std::size_t payload_bytes, std::string_view after);
  /// `before`, the payload and `after` as they are.
  [[nodiscard]] static SendTemplate plain(std::string_view before, std::size_t payload_bytes,
                                          std::string_view after);

  /// The bytes to send, valid until the next call.
  [[nodiscard]] std::string_view stamped(Stamp stamp);

 private:
  std::string bytes_;
  std::size_t stamp_at_ = 0;
  bool is_masked_ = false;
  std::size_t mask_offset_ = 0;
};

}  // namespace bench
