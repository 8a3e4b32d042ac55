#pragma once

#include <string>

#include <nlohmann/json.hpp>

#include <wskit/directory.h>

/// Asks for the sessions that presence_json() counts.
wskit::SessionQuery presence_query(const std::string& channel);

/// `{"channel":…,"sessions":…,"users":[{"user":…,"sessions":…}],"truncated":…}`
nlohmann::json presence_json(const std::string& channel, const wskit::SessionPage& page);

nlohmann::json session_page_json(const wskit::SessionPage& page);
nlohmann::json channel_page_json(const wskit::ChannelPage& page);
nlohmann::json node_list_json(const wskit::NodeList& list);
