#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

/// What a measured message carries, wherever a server takes it: who sent it, its number, when it
/// was due and how much later it was sent.
///
/// On the wire it is a mark and letters from a to p, four bits each: plain ASCII without anything
/// to escape, so it survives text frames, JSON and Redis alike.
struct Stamp {
  std::uint16_t run = 0;     ///< tells runs that share a server apart
  std::uint16_t sender = 0;  ///< the publisher's number, or the low bits of the connection's
  std::uint32_t sequence = 0;
  std::chrono::nanoseconds due{0};  ///< of the steady clock, modulo kTimeSpan
  std::chrono::nanoseconds lag{0};  ///< less than kTimeSpan

  bool operator==(const Stamp&) const = default;
};

inline constexpr std::size_t kStampBytes = 44;

/// Three days, by which the times above are known.
inline constexpr std::chrono::nanoseconds kTimeSpan{std::int64_t{1} << 48U};

/// Writes kStampBytes.
void write_stamp(char* out, const Stamp& stamp);

/// Finds the stamp in a message, mostly where the one before had it. Thread: one.
class StampReader {
 public:
  std::optional<Stamp> read(std::string_view message);

 private:
  std::size_t offset_ = 0;
};

/// How long before `now` the moment was that a stamp has as `due`; negative if it was after it.
/// Neither may be more than half of kTimeSpan away from the other.
inline std::chrono::nanoseconds since(std::chrono::nanoseconds moment,
                                      std::chrono::nanoseconds now) {
  const std::int64_t time = (now - moment).count() & (kTimeSpan.count() - 1);
  return std::chrono::nanoseconds{time < kTimeSpan.count() / 2 ? time : time - kTimeSpan.count()};
}
