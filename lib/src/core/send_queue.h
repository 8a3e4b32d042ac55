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
  /// Bytes to be written in one go, valid while the block and the scratch space live.
  struct Block {
    SharedBytes owner;  ///< null where `bytes` are in the scratch space
    std::string_view bytes;
  };

  void push(SharedBytes frames);

  /// Takes frames off the front, all of them unless that is more than `limit` bytes, but at
  /// least one; several are joined in `scratch`. The queue must not be empty.
  Block take(std::string& scratch, std::size_t limit);

  void clear();

  bool is_empty() const { return first_ == nullptr; }
  std::size_t bytes() const { return bytes_; }

 private:
  // Mostly one entry waits, or none: the others have a place of their own.
  SharedBytes first_;
  std::unique_ptr<std::vector<SharedBytes>> rest_;  ///< not empty
  std::size_t bytes_ = 0;
};

}  // namespace wskit
