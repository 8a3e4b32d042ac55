#pragma once

#include <string>

#include <wskit/session.h>

/// The name of this process among the nodes: `<name or host name>-<8 random hex digits>`.
std::string make_node_name(const std::string& name);

/// The name of a session in the whole cluster: `<node>-<hex>`.
std::string session_name(const std::string& node, wskit::SessionId id);
