#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace wskit {

/// The channel on which nodes tell each other what to do. No client can name it.
inline constexpr std::string_view kControlChannel = "!control";

/// Whether a broker hands on what is sent there: a deliverable channel, or the nodes' own.
bool is_carried(std::string_view channel);

/// Closes sessions wherever they are. One of the two is set.
struct Disconnect {
  std::string session = {};  ///< its name
  std::string user = {};     ///< all of that user's

  bool operator==(const Disconnect&) const = default;
};

std::string control_text(const Disconnect& disconnect);

/// Empty if it is malformed, or of a later version.
std::optional<Disconnect> parse_control_text(std::string_view text);

}  // namespace wskit
