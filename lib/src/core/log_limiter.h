#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace wskit {

/// Lets through so many lines a second of each kind and counts the others, so that no peer can
/// fill a disk. Kinds are few and of our own making.
class LogLimiter {
 public:
  using Time = std::chrono::steady_clock::time_point;
  static constexpr std::uint32_t kLinesPerSecond = 10;

  struct Decision {
    bool is_written = true;
    std::uint64_t suppressed = 0;  ///< lines of this kind left out before this one
  };

  Decision decide(std::string_view kind, Time now);

 private:
  struct Window {
    Time begin;
    std::uint32_t written = 0;
    std::uint64_t suppressed = 0;
  };
  std::map<std::string, Window, std::less<>> windows_;
};

}  // namespace wskit
