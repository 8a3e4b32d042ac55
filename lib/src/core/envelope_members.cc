#include "core/envelope_members.h"

#include <algorithm>

#include <nlohmann/json.hpp>

namespace wskit {
namespace {

constexpr std::string_view kSpace = " \t\r\n";

/// Walks over text that is known to be valid JSON.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_{text} {}

  char peek() {
    at_ = std::min(text_.find_first_not_of(kSpace, at_), text_.size());
    return at_ < text_.size() ? text_[at_] : '\0';
  }

  void skip_one() { ++at_; }

  std::string_view take_value() {
    peek();
    const std::size_t begin = at_;
    int depth = 0;
    do {
      const char c = text_[at_];
      if (c == '"') {
        skip_string();
      } else if (c == '{' || c == '[') {
        ++depth;
        ++at_;
      } else if (c == '}' || c == ']') {
        --depth;
        ++at_;
      } else if (depth == 0) {
        at_ = std::min(text_.find_first_of(",}] \t\r\n", at_), text_.size());
      } else {
        at_ = std::min(text_.find_first_of("\"{}[]", at_), text_.size());
      }
    } while (depth > 0);
    return text_.substr(begin, at_ - begin);
  }

 private:
  void skip_string() {
    ++at_;
    while (text_[at_] != '"') at_ += text_[at_] == '\\' ? 2 : 1;
    ++at_;
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

/// Nesting of text that need not be valid; strings are skipped as valid JSON has them.
bool is_too_deep(std::string_view text) {
  int depth = 0;
  bool is_in_string = false;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (is_in_string) {
      if (c == '\\') ++at;
      if (c == '"') is_in_string = false;
    } else if (c == '"') {
      is_in_string = true;
    } else if (c == '{' || c == '[') {
      if (++depth > JsonMembers::kMaxDepth) return true;
    } else if (c == '}' || c == ']') {
      --depth;
    }
  }
  return false;
}

}  // namespace

bool is_json(std::string_view text) {
  // nlohmann takes a zero byte for the end and would let anything follow it.
  const bool has_zero = text.find('\0') != std::string_view::npos;
  return !has_zero && !is_too_deep(text) && nlohmann::json::accept(text);
}

std::optional<std::vector<std::string_view>> json_elements(std::string_view text) {
  if (!is_json(text)) return std::nullopt;
  Scanner scanner{text};
  if (scanner.peek() != '[') return std::nullopt;
  scanner.skip_one();
  std::vector<std::string_view> elements;
  while (scanner.peek() != ']') {
    if (scanner.peek() == ',') scanner.skip_one();
    elements.push_back(scanner.take_value());
  }
  return elements;
}

std::optional<JsonMembers> JsonMembers::parse(std::string_view text) {
  if (!is_json(text)) return std::nullopt;
  Scanner scanner{text};
  if (scanner.peek() != '{') return std::nullopt;
  scanner.skip_one();
  JsonMembers result;
  while (scanner.peek() != '}') {
    if (scanner.peek() == ',') scanner.skip_one();
    const auto name = nlohmann::json::parse(scanner.take_value()).get<std::string>();
    scanner.peek();
    scanner.skip_one();  // the colon
    if (result.members_.size() == kMaxMembers || result.find(name) != nullptr) return std::nullopt;
    result.members_.emplace_back(name, scanner.take_value());
  }
  return result;
}

const std::string_view* JsonMembers::find(std::string_view name) const {
  const auto found =
      std::ranges::find(members_, name, &std::pair<std::string, std::string_view>::first);
  return found == members_.end() ? nullptr : &found->second;
}

}  // namespace wskit
