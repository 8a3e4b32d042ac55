#include "core/send_queue.h"

#include <utility>

namespace wskit {

void SendQueue::push(SharedBytes frames) {
  bytes_ += frames->size();
  if (first_ == nullptr) {
    first_ = std::move(frames);
  } else {
    rest_.push_back(std::move(frames));
  }
}

auto SendQueue::take(std::string& scratch, std::size_t limit) -> Block {
  if (rest_.empty()) {
    bytes_ = 0;
    SharedBytes only = std::exchange(first_, nullptr);
    const std::string_view bytes = *only;
    return {std::move(only), bytes};
  }
  scratch.assign(*first_);
  std::size_t taken_count = 0;
  while (taken_count < rest_.size() && scratch.size() + rest_[taken_count]->size() <= limit) {
    scratch.append(*rest_[taken_count++]);
  }
  bytes_ -= scratch.size();
  if (taken_count == rest_.size()) {
    first_ = nullptr;
    rest_ = {};
  } else {
    first_ = std::move(rest_[taken_count]);
    rest_.erase(rest_.begin(), rest_.begin() + static_cast<std::ptrdiff_t>(taken_count + 1));
  }
  return {nullptr, scratch};
}

void SendQueue::clear() {
  first_ = nullptr;
  rest_ = {};
  bytes_ = 0;
}

}  // namespace wskit
