#include "wsd/directory_json.h"

#include <map>

namespace {

using nlohmann::json;

/// Sessions of a channel that are looked at for its users.
constexpr std::size_t kPresenceLimit = 1000;

json next_json(const std::string& next) {
  return next.empty() ? json{} : json(next);
}

}  // namespace

wskit::SessionQuery presence_query(const std::string& channel) {
  return {.channel = channel, .limit = kPresenceLimit};
}

json presence_json(const std::string& channel, const wskit::SessionPage& page) {
  std::map<std::string, std::size_t> counts;
  for (const wskit::SessionRecord& session : page.sessions) {
    if (!session.user.empty()) ++counts[session.user];
  }
  json users = json::array();
  for (const auto& [user, sessions] : counts) {
    users.push_back({{"user", user}, {"sessions", sessions}});
  }
  return {{"channel", channel},
          {"sessions", page.total},
          {"users", std::move(users)},
          {"truncated", !page.next.empty()}};
}

json session_page_json(const wskit::SessionPage& page) {
  json sessions = json::array();
  for (const wskit::SessionRecord& session : page.sessions) {
    sessions.push_back({{"session", session.name},
                        {"user", session.user},
                        {"address", session.remote_address},
                        {"opened_ms", session.opened_ms},
                        {"channels", session.channels}});
  }
  return {{"sessions", std::move(sessions)}, {"total", page.total}, {"next", next_json(page.next)}};
}

json channel_page_json(const wskit::ChannelPage& page) {
  json channels = json::array();
  for (const wskit::ChannelRecord& each : page.channels) {
    channels.push_back({{"channel", each.channel}, {"sessions", each.sessions}});
  }
  return {{"channels", std::move(channels)}, {"next", next_json(page.next)}};
}

json node_list_json(const wskit::NodeList& list) {
  json nodes = json::array();
  for (const wskit::NodeRecord& node : list.nodes) {
    if (node.started_ms == 0) continue;
    nodes.push_back(
        {{"node", node.name}, {"started_ms", node.started_ms}, {"sessions", node.sessions}});
  }
  return {{"nodes", std::move(nodes)}};
}
