#include "json_indent.h"

#include <cstddef>

#include <nlohmann/json.hpp>

namespace {

/// Indenting that grows a text more than so many times, and so many bytes, is given up.
constexpr std::size_t kMaxGrowth = 16;
constexpr std::size_t kMaxAddedBytes = 64 * 1024;

/// Where the JSON string that begins at `begin` ends.
std::size_t end_of_string(std::string_view json, std::size_t begin) {
  std::size_t at = begin + 1;
  while (json[at] != '"') at += json[at] == '\\' ? 2 : 1;
  return at + 1;
}

bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/// Takes valid JSON only.
class Indenter {
 public:
  explicit Indenter(std::string_view json) : json_{json} {}

  std::optional<std::string> run() {
    const std::size_t limit = kMaxGrowth * json_.size() + kMaxAddedBytes;
    while (at_ < json_.size() && out_.size() <= limit) take();
    if (out_.size() > limit) return std::nullopt;
    return std::move(out_);
  }

 private:
  void take() {
    const char c = json_[at_];
    if (c == '"') {
      const std::size_t end = end_of_string(json_, at_);
      out_ += json_.substr(at_, end - at_);
      at_ = end;
      return;
    }
    ++at_;
    if (is_space(c)) return;
    if (c == '}' || c == ']') {
      --depth_;
      if (!is_empty_) break_line();
      is_empty_ = false;
    }
    out_ += c;
    if (c == '{' || c == '[') open();
    if (c == ',') break_line();
    if (c == ':') out_ += ' ';
  }

  void open() {
    while (is_space(json_[at_])) ++at_;
    ++depth_;
    is_empty_ = json_[at_] == '}' || json_[at_] == ']';
    if (!is_empty_) break_line();
  }

  void break_line() { out_ += '\n' + std::string(2 * depth_, ' '); }

  std::string_view json_;
  std::size_t at_ = 0;
  std::size_t depth_ = 0;
  bool is_empty_ = false;  ///< what was opened last
  std::string out_;
};

}  // namespace

std::optional<std::string> indent_json(std::string_view text) {
  const auto begin = text.find_first_not_of(" \t\r\n");
  const bool is_structure =
      begin != std::string_view::npos && (text[begin] == '{' || text[begin] == '[');
  // A zero byte ends what nlohmann/json reads, whatever follows.
  const bool is_readable = text.find('\0') == std::string_view::npos;
  if (!is_structure || !is_readable || !nlohmann::json::accept(text)) return std::nullopt;
  return Indenter{text}.run();
}
