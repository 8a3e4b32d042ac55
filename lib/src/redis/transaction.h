#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "redis/reply.h"

namespace wskit {

/// Commands that Redis runs as one (MULTI, EXEC), so that whoever waits for a stream gets what all
/// of them append, and is not woken for the first alone.
class RedisTransaction {
 public:
  using Done = std::function<void(std::optional<RedisReply>)>;

  void add(std::span<const std::string_view> words, Done done);
  std::size_t size() const { return dones_.size(); }
  std::size_t bytes() const { return commands_.size(); }

  /// Appends the commands to `out`, and to `waiting` those who get the replies. One alone goes as
  /// it is. Leaves none.
  void move_to(std::string& out, std::deque<Done>& waiting);

 private:
  std::string commands_;
  std::vector<Done> dones_;
};

}  // namespace wskit
