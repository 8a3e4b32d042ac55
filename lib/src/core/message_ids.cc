#include "core/message_ids.h"

#include <fmt/format.h>

namespace wskit {

std::string MessageIds::next(std::uint64_t now_ms) {
  if (now_ms > last_ms_) {
    last_ms_ = now_ms;
    next_seq_ = 0;
  }
  return fmt::format("{}-{}", last_ms_, next_seq_++);
}

}  // namespace wskit
