#include <wskit/channel.h>

#include <algorithm>

#include "core/utf8.h"

namespace wskit {
namespace {

constexpr std::size_t kMaxChannelBytes = 200;
constexpr std::size_t kMaxUserBytes = 128;

bool is_control(std::string_view text, std::size_t at) {
  const auto byte = static_cast<unsigned char>(text[at]);
  if (byte < 0x20 || byte == 0x7F) return true;
  // U+0080 to U+009F, the C1 controls
  return byte == 0xC2 && at + 1 < text.size() && static_cast<unsigned char>(text[at + 1]) < 0xA0;
}

}  // namespace

std::string user_channel(std::string_view user) {
  std::string channel{"@"};
  return channel.append(user);
}

bool is_channel_name(std::string_view name) {
  return !name.empty() && name.size() <= kMaxChannelBytes && std::ranges::all_of(name, [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
           std::string_view{"_.:/-"}.find(c) != std::string_view::npos;
  });
}

bool is_deliverable(std::string_view channel) {
  return channel == kEveryone || is_channel_name(channel) ||
         (channel.starts_with('@') && is_user_name(channel.substr(1)));
}

bool is_user_name(std::string_view user) {
  if (user.empty() || user.size() > kMaxUserBytes || !is_utf8(user)) return false;
  for (std::size_t at = 0; at < user.size(); ++at) {
    if (is_control(user, at)) return false;
  }
  return true;
}

}  // namespace wskit
