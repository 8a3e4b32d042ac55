#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace wskit {

/// Encoded frames that several sessions may share. Never changes.
using SharedBytes = std::shared_ptr<const std::string>;

/// The frames that wait to be written to one connection, in order.
class SendQueue {
 public:
  void push(SharedBytes frames);

  /// Takes frames off the front, all of them unless that is more than `limit` bytes, but at
  /// least one. What is returned is valid until the next call; several are joined in `scratch`.
  std::string_view take(std::string& scratch, std::size_t limit);

  void clear();

  bool is_empty() const { return first_ == nullptr; }
  std::size_t bytes() const { return bytes_; }

 private:
  // Mostly one entry waits: it needs no allocation.
  SharedBytes first_;
  std::vector<SharedBytes> rest_;
  SharedBytes taken_;
  std::size_t bytes_ = 0;
};

}  // namespace wskit
