#include <wskit/channel_pattern.h>

#include <vector>

#include <wskit/channel.h>

namespace wskit {
namespace {

constexpr std::string_view kUser = "{user}";

bool is_separator(char c) {
  return c == ':' || c == '/' || c == '.';
}

/// Whether the rest of the pattern may begin at each place of the channel, after what was read of
/// the pattern. So a pattern costs its length times the channel's, whatever is in it.
class Places {
 public:
  explicit Places(std::string_view channel) : channel_{channel}, is_reached_(channel.size() + 1) {
    is_reached_[0] = true;
  }

  void take_literal(std::string_view text) {
    std::vector<bool> next(is_reached_.size());
    for (std::size_t at = 0; at + text.size() < is_reached_.size(); ++at) {
      next[at + text.size()] = is_reached_[at] && channel_.substr(at, text.size()) == text;
    }
    is_reached_ = std::move(next);
  }

  void take_any(bool crosses_separators) {
    for (std::size_t at = 1; at < is_reached_.size(); ++at) {
      const bool may_cross = crosses_separators || !is_separator(channel_[at - 1]);
      if (is_reached_[at - 1] && may_cross) is_reached_[at] = true;
    }
  }

  bool is_end_reached() const { return is_reached_.back(); }

 private:
  std::string_view channel_;
  std::vector<bool> is_reached_;
};

}  // namespace

std::optional<ChannelPattern> ChannelPattern::parse(std::string_view text) {
  std::string names{text};
  for (auto at = names.find(kUser); at != std::string::npos; at = names.find(kUser, at)) {
    names.erase(at, kUser.size() - 1);
    names[at] = 'u';
  }
  for (char& c : names) {
    if (c == '*') c = 'x';
  }
  if (!is_channel_name(names)) return std::nullopt;
  return ChannelPattern{std::string(text)};
}

bool ChannelPattern::matches(std::string_view channel, std::string_view user) const {
  if (!is_channel_name(channel)) return false;
  Places places{channel};
  std::string_view rest = text_;
  while (!rest.empty()) {
    if (rest.starts_with("**")) {
      places.take_any(true);
      rest.remove_prefix(2);
    } else if (rest.starts_with('*')) {
      places.take_any(false);
      rest.remove_prefix(1);
    } else if (rest.starts_with(kUser)) {
      // Without a user nothing is the user's.
      if (user.empty()) return false;
      places.take_literal(user);
      rest.remove_prefix(kUser.size());
    } else {
      const auto end = std::min(rest.find_first_of("*{"), rest.size());
      places.take_literal(rest.substr(0, end));
      rest.remove_prefix(end);
    }
  }
  return places.is_end_reached();
}

}  // namespace wskit
