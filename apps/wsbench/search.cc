#include "search.h"

#include <algorithm>
#include <utility>

void Search::note(Trial trial) {
  const std::uint64_t load = trial.load;
  const bool was_tried = !trials_.empty() && trials_.back().load == load;
  const bool needs_another = !trial.holds && !was_tried;
  if (trial.holds) best_ = std::max(best_, load);
  if (!trial.holds && was_tried) least_failed_ = load;
  trials_.push_back(std::move(trial));
  if (needs_another) {
    next_ = load;
  } else if (least_failed_ == 0) {
    next_ = load * 2;
  } else {
    const std::uint64_t middle = best_ + (least_failed_ - best_) / 2;
    const bool is_close = least_failed_ - best_ <= std::max<std::uint64_t>(1, least_failed_ / 20);
    next_ = is_close || middle == 0 ? 0 : middle;
  }
  if (trials_.size() >= kMaxTrials) next_ = 0;
}
