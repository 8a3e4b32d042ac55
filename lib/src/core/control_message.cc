#include "core/control_message.h"

#include <wskit/channel.h>

namespace wskit {
namespace {

constexpr std::string_view kSession = "disconnect session ";
constexpr std::string_view kUser = "disconnect user ";

}  // namespace

bool is_carried(std::string_view channel) {
  return channel == kControlChannel || is_deliverable(channel);
}

std::string control_text(const Disconnect& disconnect) {
  if (!disconnect.session.empty()) return std::string(kSession) + disconnect.session;
  return std::string(kUser) + disconnect.user;
}

std::optional<Disconnect> parse_control_text(std::string_view text) {
  if (text.starts_with(kSession) && text.size() > kSession.size()) {
    return Disconnect{.session = std::string(text.substr(kSession.size()))};
  }
  if (text.starts_with(kUser) && is_user_name(text.substr(kUser.size()))) {
    return Disconnect{.user = std::string(text.substr(kUser.size()))};
  }
  return std::nullopt;
}

}  // namespace wskit
