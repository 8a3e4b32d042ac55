#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <wskit/session.h>

namespace wskit {

/// Throws Error unless it is empty or [A-Za-z0-9_.-]{1,64}.
void check_node_name(const std::string& name);

/// `<name>-<8 random hex digits>`, of the host where `name` is empty: another one for each server.
std::string make_node_name(const std::string& name);

/// Of one node's sessions the names are in the order of the ids.
std::string session_name(std::string_view node, SessionId id);

/// Empty unless it names a session of that node.
std::optional<SessionId> parse_session_name(std::string_view node, std::string_view name);

}  // namespace wskit
