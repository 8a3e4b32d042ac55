#include "search.h"

#include <algorithm>
#include <utility>

namespace {

/// A search that finds nothing ends, too.
constexpr std::size_t kMaxTrials = 40;

}  // namespace

void Search::note(Trial trial) {
  const std::uint64_t load = trial.load;
  if (trial.holds) {
    best_ = std::max(best_, load);
  } else {
    least_failed_ = least_failed_ == 0 ? load : std::min(least_failed_, load);
  }
  trials_.push_back(std::move(trial));
  if (least_failed_ == 0) {
    next_ = load * 2;
  } else {
    const std::uint64_t middle = best_ + (least_failed_ - best_) / 2;
    const bool is_close = least_failed_ - best_ <= std::max<std::uint64_t>(1, least_failed_ / 20);
    next_ = is_close || middle == 0 ? 0 : middle;
  }
  if (trials_.size() >= kMaxTrials) next_ = 0;
}
