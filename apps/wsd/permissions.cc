#include "wsd/permissions.h"

#include <algorithm>

#include <wskit/error.h>

namespace {

std::vector<wskit::ChannelPattern> parse(const std::vector<std::string>& texts,
                                         const std::string& option) {
  std::vector<wskit::ChannelPattern> patterns;
  for (const std::string& text : texts) {
    auto pattern = wskit::ChannelPattern::parse(text);
    if (!pattern) throw wskit::Error(option + ": '" + text + "' matches no channel");
    patterns.push_back(std::move(*pattern));
  }
  return patterns;
}

bool any_matches(const std::vector<wskit::ChannelPattern>& patterns, std::string_view channel,
                 std::string_view user) {
  return std::ranges::any_of(
      patterns, [&](const wskit::ChannelPattern& each) { return each.matches(channel, user); });
}

}  // namespace

Permissions::Permissions(const std::vector<std::string>& subscribe,
                         const std::vector<std::string>& publish)
    : subscribe_{parse(subscribe, "allow-subscribe")}, publish_{parse(publish, "allow-publish")} {}

bool Permissions::may_subscribe(std::string_view channel, std::string_view user) const {
  if (any_matches(subscribe_, channel, user)) return true;
  ++refused_subscriptions_;
  return false;
}

bool Permissions::may_publish(std::string_view channel, std::string_view user) const {
  if (any_matches(publish_, channel, user)) return true;
  ++refused_publishes_;
  return false;
}
