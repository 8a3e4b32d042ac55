#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <wskit/export.h>

namespace wskit {

/// A pattern of channel names, for permissions: `news`, `public:**`, `room:*:chat`,
/// `user:{user}:*`.
///
/// `*` stands for any characters but the separators `:`, `/` and `.`; `**` for any at all;
/// `{user}` for the session's user, taken literally.
/// Thread: any; a pattern never changes.
class WSKIT_API ChannelPattern {
 public:
  /// Empty if the text has characters that no channel has.
  static std::optional<ChannelPattern> parse(std::string_view text);

  bool matches(std::string_view channel, std::string_view user) const;

 private:
  explicit ChannelPattern(std::string text) : text_{std::move(text)} {}

  std::string text_;
};

}  // namespace wskit
