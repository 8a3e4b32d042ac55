#pragma once

#include <cstddef>
#include <string>
#include <vector>

/// What --local-addr says: addresses, lists `A,B`, ranges `A-B` (also `10.0.0.1-20`), CIDR `A/24`
/// (of IPv4 without the network's own address and the broadcast's), and `auto`: for a target on
/// loopback as many of 127.0.0.1, 127.0.0.2, ... as the connections need, else those addresses of
/// this machine by which it can reach others.
///
/// In this order, each once, at most 65,536. `target_address` is the server's, empty or a name if
/// that is not known. Throws wskit::Error naming what is malformed, reversed, too much or not of
/// the target's family.
std::vector<std::string> parse_local_addresses(const std::vector<std::string>& values,
                                               const std::string& target_address,
                                               std::size_t connection_count);

/// Connections that one address of ours can have to one of a server's, as a rule.
inline constexpr std::size_t kConnectionsPerAddress = 20'000;
