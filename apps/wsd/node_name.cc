#include "wsd/node_name.h"

#include <array>
#include <random>

#include <unistd.h>

#include <fmt/format.h>

std::string make_node_name(const std::string& name) {
  std::array<char, 256> host = {};
  gethostname(host.data(), host.size() - 1);
  std::random_device random;
  return fmt::format("{}-{:08x}", name.empty() ? host.data() : name.c_str(), random());
}

std::string session_name(const std::string& node, wskit::SessionId id) {
  return fmt::format("{}-{:x}", node, static_cast<std::uint64_t>(id));
}
