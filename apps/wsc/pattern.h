#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace re2 {
class RE2;
}

/// A regular expression of RE2, which takes time that grows with the text only.
class Pattern {
 public:
  /// `owner` is who wants it, such as an option. Throws wskit::Error naming both if it is
  /// malformed.
  Pattern(const std::string& text, std::string_view owner);
  ~Pattern();
  Pattern(Pattern&&) noexcept;
  Pattern& operator=(Pattern&&) noexcept;

  /// Whether it matches anywhere in `text`.
  bool matches(std::string_view text) const;

  const std::string& text() const;

 private:
  std::unique_ptr<re2::RE2> expression_;
};
