#pragma once

#include <cstdint>
#include <limits>

/// What `part` of `parts` has of `total`; the first parts have one more where it does not divide.
inline std::uint64_t share_of(std::uint64_t total, std::uint64_t part, std::uint64_t parts) {
  return total / parts + (part < total % parts ? 1 : 0);
}

/// The same of a limit, of which 0 says that there is none: then it is the highest number.
inline std::uint64_t share_of_limit(std::uint64_t limit, std::uint64_t part, std::uint64_t parts) {
  return limit == 0 ? std::numeric_limits<std::uint64_t>::max() : share_of(limit, part, parts);
}

/// `members` take events 0, 1, 2, … in turn. Of these members, and so of the events, one part has
/// number `part`, `part + parts`, `part + 2 * parts` and so on.
class Turns {
 public:
  Turns(std::uint64_t members, std::uint64_t part, std::uint64_t parts)
      : members_{members}, part_{part}, parts_{parts} {}

  bool has_members() const { return part_ < members_; }

  /// The part's first event, if it has members.
  std::uint64_t first() const { return part_; }

  /// The part's next event.
  std::uint64_t after(std::uint64_t event) const {
    const std::uint64_t member = event % members_;
    return member + parts_ < members_ ? event + parts_ : event - member + members_ + part_;
  }

  /// How many of the first `limit` events it has; of limit 0, which says that there is none, the
  /// highest number.
  std::uint64_t count_of(std::uint64_t limit) const {
    if (!has_members()) return 0;
    if (limit == 0) return std::numeric_limits<std::uint64_t>::max();
    return limit / members_ * own_below(members_) + own_below(limit % members_);
  }

 private:
  std::uint64_t own_below(std::uint64_t member) const {
    return member > part_ ? (member - part_ + parts_ - 1) / parts_ : 0;
  }

  std::uint64_t members_;
  std::uint64_t part_;
  std::uint64_t parts_;
};
