#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

/// Which of the numbers 0, 1, 2, … have come, exactly: in memory that grows with the gaps only.
class SequenceTracker {
 public:
  enum class Arrival : std::uint8_t {
    in_order,
    late,   ///< after a higher one: reordered (RFC 4737 section 3.3)
    again,  ///< a duplicate
  };

  Arrival note(std::uint32_t sequence);

  /// Different numbers that have come.
  std::uint64_t count() const { return next_ - missing_count_; }

  /// Of `sent_count` numbers, those that have not come; the runs of them are gaps.
  std::uint64_t missing_count(std::uint64_t sent_count) const;
  std::size_t gap_count(std::uint64_t sent_count) const;

 private:
  struct Range {
    std::uint64_t begin;
    std::uint64_t end;
  };

  Arrival note_earlier(std::uint64_t sequence);

  std::uint64_t next_ = 0;  ///< above the highest that has come
  std::uint64_t missing_count_ = 0;
  std::vector<Range> missing_;  ///< below next_, in order
};
