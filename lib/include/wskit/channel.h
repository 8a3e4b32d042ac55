#pragma once

#include <string>
#include <string_view>

#include <wskit/export.h>

namespace wskit {

/// The channel of which every session is a subscriber.
inline constexpr std::string_view kEveryone = "*";

/// The channel of one user's sessions: `@<user>`.
WSKIT_API std::string user_channel(std::string_view user);

/// Whether clients and publishers may use that name: [A-Za-z0-9_.:/-]{1,200}.
WSKIT_API bool is_channel_name(std::string_view name);

/// Whether messages may go there: `*`, `@<user>` or a channel's name.
WSKIT_API bool is_deliverable(std::string_view channel);

/// Whether `user` is 1–128 bytes of UTF-8 without control characters.
WSKIT_API bool is_user_name(std::string_view user);

}  // namespace wskit
