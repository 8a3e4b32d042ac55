#include "core/log_limiter.h"

#include <utility>

namespace wskit {

auto LogLimiter::decide(std::string_view kind, Time now) -> Decision {
  auto found = windows_.find(kind);
  if (found == windows_.end()) found = windows_.emplace(std::string(kind), Window{now}).first;
  Window& window = found->second;
  if (now - window.begin >= std::chrono::seconds{1}) {
    window.begin = now;
    window.written = 0;
  }
  if (window.written == kLinesPerSecond) {
    ++window.suppressed;
    return {.is_written = false};
  }
  ++window.written;
  return {.is_written = true, .suppressed = std::exchange(window.suppressed, 0)};
}

}  // namespace wskit
