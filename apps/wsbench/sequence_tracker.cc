#include "sequence_tracker.h"

#include <algorithm>
#include <iterator>

auto SequenceTracker::note_other(std::uint64_t sequence) -> Arrival {
  if (sequence < next_) return note_earlier(sequence);
  missing_.push_back({next_, sequence});
  missing_count_ += sequence - next_;
  next_ = sequence + 1;
  return Arrival::in_order;
}

auto SequenceTracker::note_earlier(std::uint64_t sequence) -> Arrival {
  const auto range = missing_.begin() + range_of(sequence);
  if (range == missing_.end()) return Arrival::again;
  --missing_count_;
  const Range rest{sequence + 1, range->end};
  range->end = sequence;
  const bool has_rest = rest.begin < rest.end;
  const bool is_left = range->begin < range->end;
  if (has_rest && is_left) {
    missing_.insert(range + 1, rest);
  } else if (has_rest) {
    *range = rest;
  } else if (!is_left) {
    missing_.erase(range);
  }
  return Arrival::late;
}

/// Of the missing range with this number; behind the last if there is none.
std::ptrdiff_t SequenceTracker::range_of(std::uint64_t sequence) const {
  const auto range = std::ranges::lower_bound(
      missing_, sequence, [](std::uint64_t end, std::uint64_t value) { return end <= value; },
      &Range::end);
  const bool is_in_it = range != missing_.end() && sequence >= range->begin;
  return (is_in_it ? range : missing_.end()) - missing_.begin();
}

bool SequenceTracker::is_missing(std::uint64_t sequence) const {
  return sequence >= next_ || range_of(sequence) < std::ssize(missing_);
}

std::uint64_t SequenceTracker::missing_count(std::uint64_t sent_count) const {
  return missing_count_ + (sent_count > next_ ? sent_count - next_ : 0);
}

std::size_t SequenceTracker::gap_count(std::uint64_t sent_count) const {
  return missing_.size() + (sent_count > next_ ? 1 : 0);
}
