#include "core/send_queue.h"

#include <utility>

namespace wskit {

void SendQueue::push(SharedBytes frames) {
  bytes_ += frames->size();
  if (first_ == nullptr) {
    first_ = std::move(frames);
    return;
  }
  if (rest_ == nullptr) rest_ = std::make_unique<std::vector<SharedBytes>>();
  rest_->push_back(std::move(frames));
}

auto SendQueue::take(std::string& scratch, std::size_t limit) -> Block {
  if (rest_ == nullptr) {
    bytes_ = 0;
    SharedBytes only = std::exchange(first_, nullptr);
    const std::string_view bytes = *only;
    return {std::move(only), bytes};
  }
  std::vector<SharedBytes>& rest = *rest_;
  scratch.assign(*first_);
  std::size_t taken_count = 0;
  while (taken_count < rest.size() && scratch.size() + rest[taken_count]->size() <= limit) {
    scratch.append(*rest[taken_count++]);
  }
  bytes_ -= scratch.size();
  if (taken_count == rest.size()) {
    first_ = nullptr;
  } else {
    first_ = std::move(rest[taken_count++]);
    rest.erase(rest.begin(), rest.begin() + static_cast<std::ptrdiff_t>(taken_count));
  }
  if (first_ == nullptr || rest.empty()) rest_ = nullptr;
  return {nullptr, scratch};
}

void SendQueue::clear() {
  first_ = nullptr;
  rest_ = nullptr;
  bytes_ = 0;
}

}  // namespace wskit
