#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <wskit/export.h>

namespace wskit {

/// The place of a message in a broker's log: `<ms>-<seq>`, growing strictly along it.
struct WSKIT_API MessageId {
  std::uint64_t ms = 0;
  std::uint64_t seq = 0;

  auto operator<=>(const MessageId&) const = default;

  /// False for 0-0, which no message has: brokers without a log give it to all of theirs.
  bool is_set() const { return ms != 0 || seq != 0; }

  /// Greater than that of any message.
  static constexpr MessageId last() { return {UINT64_MAX, UINT64_MAX}; }

  /// The greatest id below this one; of 0-0 it is 0-0.
  MessageId before() const;

  std::string text() const;

  /// Empty unless the text is two decimal numbers of at most 64 bits with a dash between them.
  static std::optional<MessageId> parse(std::string_view text);
};

}  // namespace wskit
