#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

/// Cuts what comes in pieces into messages: at each separator, which goes, or not at all.
class LineSplitter {
 public:
  /// Without a separator everything is one message, which comes at the end.
  explicit LineSplitter(std::optional<char> separator = '\n') : separator_{separator} {}

  void feed(std::string_view piece);

  /// The last line may lack its separator.
  void end() { is_ended_ = true; }

  /// The next whole line, if there is one.
  std::optional<std::string> next();

  /// What has been fed and not yet taken.
  std::size_t size_bytes() const { return buffer_.size() - begin_; }

 private:
  std::optional<char> separator_;
  std::string buffer_;
  std::size_t begin_ = 0;     ///< of the next line
  std::size_t searched_ = 0;  ///< no separator before it
  bool is_ended_ = false;
};
