#pragma once

#include <cstdint>
#include <string>

namespace wskit {

/// Ids of the form `<ms>-<seq>` that grow strictly, also when the clock steps back.
class MessageIds {
 public:
  /// `now_ms` is the wall clock's.
  std::string next(std::uint64_t now_ms);

 private:
  std::uint64_t last_ms_ = 0;
  std::uint64_t next_seq_ = 0;
};

}  // namespace wskit
