#include "line_splitter.h"

#include <utility>

void LineSplitter::feed(std::string_view piece) {
  buffer_.erase(0, begin_);
  searched_ -= begin_;
  begin_ = 0;
  buffer_ += piece;
}

std::optional<std::string> LineSplitter::next() {
  const auto end = separator_ ? buffer_.find(*separator_, searched_) : std::string::npos;
  if (end == std::string::npos) {
    searched_ = buffer_.size();
    if (!is_ended_ || size_bytes() == 0) return std::nullopt;
    std::string rest = buffer_.substr(begin_);
    begin_ = buffer_.size();
    return rest;
  }
  std::string line = buffer_.substr(begin_, end - begin_);
  begin_ = searched_ = end + 1;
  return line;
}
