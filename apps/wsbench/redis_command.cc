#include "redis_command.h"

#include <fmt/format.h>
#include <wskit/error.h>

namespace {

constexpr std::string_view kBlanks = " \t\n\r";

std::size_t find_end(std::string_view text, std::string_view what, std::size_t from) {
  const std::size_t found = text.find(what, from);
  if (found != std::string_view::npos) return found;
  throw wskit::Error{fmt::format("--publish: {} is missing", what)};
}

/// Where the word ends that `text` begins with.
std::size_t end_of_word(std::string_view text) {
  std::size_t at = 0;
  while (at < text.size() && kBlanks.find(text[at]) == std::string_view::npos) {
    at = text.substr(at).starts_with("{{") ? find_end(text, "}}", at) + 2 : at + 1;
  }
  return at;
}

}  // namespace

std::vector<std::string> split_redis_command(std::string_view text) {
  std::vector<std::string> words;
  while (true) {
    const std::size_t begin = text.find_first_not_of(kBlanks);
    if (begin == std::string_view::npos) return words;
    text.remove_prefix(begin);
    const bool is_quoted = text.front() == '"' || text.front() == '\'';
    if (is_quoted) {
      const std::size_t end = find_end(text, text.substr(0, 1), 1);
      words.emplace_back(text.substr(1, end - 1));
      text.remove_prefix(end + 1);
    } else {
      const std::size_t end = end_of_word(text);
      words.emplace_back(text.substr(0, end));
      text.remove_prefix(end);
    }
  }
}
