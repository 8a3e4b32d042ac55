#include "core/interest.h"

#include "core/check.h"

namespace wskit {

bool Interest::apply(const InterestChange& change) {
  if (change.is_wanted) return ++counts_[change.channel] == 1;
  const auto found = counts_.find(change.channel);
  WSKIT_CHECK(found != counts_.end());
  if (--found->second > 0) return false;
  counts_.erase(found);
  return true;
}

}  // namespace wskit
