#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace wskit {

/// Whether the text is one JSON value, nested no deeper than JsonMembers::kMaxDepth.
bool is_json(std::string_view text);

/// The elements of one JSON array, each as the bytes it was written with; empty if it is none.
std::optional<std::vector<std::string_view>> json_elements(std::string_view text);

/// The members of one JSON object (RFC 8259), each value as the bytes it was written with, so
/// that it can be carried on verbatim.
class JsonMembers {
 public:
  static constexpr int kMaxDepth = 32;
  static constexpr std::size_t kMaxMembers = 1024;

  /// Empty unless the text is one valid JSON object without members of the same name, nested no
  /// deeper than kMaxDepth, and with no more than kMaxMembers. `text` outlives the result.
  static std::optional<JsonMembers> parse(std::string_view text);

  /// Null if there is no such member.
  const std::string_view* find(std::string_view name) const;

  const std::vector<std::pair<std::string, std::string_view>>& all() const { return members_; }

 private:
  std::vector<std::pair<std::string, std::string_view>> members_;
};

}  // namespace wskit
