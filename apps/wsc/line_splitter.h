#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

/// Cuts what comes in pieces into lines without their '\n'.
class LineSplitter {
 public:
  void feed(std::string_view piece);

  /// The last line may lack its '\n'.
  void end() { is_ended_ = true; }

  /// The next whole line, if there is one.
  std::optional<std::string> next();

  /// What has been fed and not yet taken.
  std::size_t size_bytes() const { return buffer_.size() - begin_; }

 private:
  std::string buffer_;
  std::size_t begin_ = 0;     ///< of the next line
  std::size_t searched_ = 0;  ///< no '\n' before it
  bool is_ended_ = false;
};
