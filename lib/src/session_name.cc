#include "session_name.h"

#include <algorithm>
#include <array>
#include <charconv>

#include <unistd.h>

#include <fmt/format.h>

#include <wskit/error.h>

#include "crypto/random.h"

namespace wskit {
namespace {

constexpr std::size_t kDigits = 16;
constexpr std::size_t kMaxNameBytes = 64;

}  // namespace

void check_node_name(const std::string& name) {
  const bool is_valid = name.size() <= kMaxNameBytes && std::ranges::all_of(name, [](char c) {
                          return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
                                 (c >= '0' && c <= '9') ||
                                 std::string_view{"_.-"}.find(c) != std::string_view::npos;
                        });
  if (!is_valid) {
    throw Error("node-name: must be at most 64 letters, digits, dots, dashes and underscores");
  }
}

std::string make_node_name(const std::string& name) {
  std::array<char, 256> host = {};
  gethostname(host.data(), host.size() - 1);
  return fmt::format("{}-{}", name.empty() ? host.data() : name.c_str(), random_hex(4));
}

std::string session_name(std::string_view node, SessionId id) {
  return fmt::format("{}-{:016x}", node, static_cast<std::uint64_t>(id));
}

std::optional<SessionId> parse_session_name(std::string_view node, std::string_view name) {
  if (!name.starts_with(node) || name.size() != node.size() + 1 + kDigits) return std::nullopt;
  const char* const end = name.data() + name.size();
  std::uint64_t number = 0;
  const auto [rest, error] = std::from_chars(end - kDigits, end, number, 16);
  if (error != std::errc{} || rest != end) return std::nullopt;
  const SessionId id{number};
  if (session_name(node, id) != name) return std::nullopt;
  return id;
}

}  // namespace wskit
