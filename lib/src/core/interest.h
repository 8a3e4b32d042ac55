#pragma once

#include <cstddef>
#include <string>
#include <unordered_map>

namespace wskit {

/// Somebody wants a channel from now on, or no longer.
struct InterestChange {
  std::string channel;
  bool is_wanted;
};

/// How many want each channel.
class Interest {
 public:
  /// True if it makes a difference to the whole: the first to want it, or the last no longer to.
  /// Nobody may give up what they did not want.
  bool apply(const InterestChange& change);

 private:
  std::unordered_map<std::string, std::size_t> counts_;
};

}  // namespace wskit
