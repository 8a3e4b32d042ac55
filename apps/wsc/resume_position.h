#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

/// Where wsd's log was left, by the ids in its messages.
class ResumePosition {
 public:
  /// Looks for an id: a line of its own before a plain message, or the member `id` or, before the
  /// first, `cursor` of wskit.v1.json.
  void take(std::string_view message);

  /// `url` with since=ID; unchanged while no id is known.
  std::string url(const std::string& url) const;

 private:
  std::string id_;
};

/// How long after the end of the connection wsd asks to connect again, if that is what this message
/// of wskit.v1.json says.
std::optional<std::chrono::milliseconds> reconnect_hint(std::string_view message);
