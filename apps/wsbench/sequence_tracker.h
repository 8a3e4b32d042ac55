#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

/// Which of the numbers from `first` on have come, exactly: in memory that grows with the gaps
/// only.
class SequenceTracker {
 public:
  enum class Arrival : std::uint8_t {
    in_order,
    late,   ///< after a higher one: reordered (RFC 4737 section 3.3)
    again,  ///< a duplicate
  };

  explicit SequenceTracker(std::uint64_t first = 0) : first_{first}, next_{first} {}

  /// `sequence` must not be below first().
  Arrival note(std::uint32_t sequence) {
    if (sequence != next_) return note_other(sequence);
    ++next_;
    return Arrival::in_order;
  }
  std::uint64_t first() const { return first_; }

  /// It is none of those that have come.
  bool is_missing(std::uint64_t sequence) const;

  /// Different numbers that have come.
  std::uint64_t count() const { return next_ - first_ - missing_count_; }

  /// Of the numbers below `sent_count` or one that has come, those that have not; the runs of them
  /// are gaps.
  std::uint64_t missing_count(std::uint64_t sent_count) const;
  std::size_t gap_count(std::uint64_t sent_count) const;

 private:
  struct Range {
    std::uint64_t begin;
    std::uint64_t end;
  };

  std::ptrdiff_t range_of(std::uint64_t sequence) const;
  Arrival note_other(std::uint64_t sequence);
  Arrival note_earlier(std::uint64_t sequence);

  std::uint64_t first_;
  std::uint64_t next_;  ///< above the highest that has come
  std::uint64_t missing_count_ = 0;
  std::vector<Range> missing_;  ///< below next_, in order
};
