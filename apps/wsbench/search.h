#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

/// One try of a search.
struct Trial {
  std::uint64_t load = 0;
  bool holds = false;
  bool is_limited_by_generator = false;
  std::string reason = {};  ///< why it does not hold
};

/// Finds the highest load that holds: doubles it until one does not, then halves the distance until
/// it is at most 5 % of the load. One bad moment ends no search: a load fails if it does twice.
class Search {
 public:
  /// A search that finds nothing ends, too.
  static constexpr std::size_t kMaxTrials = 50;

  explicit Search(std::uint64_t first_load) : next_{first_load} {}

  /// 0: it is over.
  std::uint64_t next_load() const { return next_; }
  void note(Trial trial);

  const std::vector<Trial>& trials() const { return trials_; }

  /// 0 if none holds.
  std::uint64_t best_load() const { return best_; }

 private:
  std::uint64_t next_;
  std::uint64_t best_ = 0;
  std::uint64_t least_failed_ = 0;  ///< 0: none failed
  std::vector<Trial> trials_;
};
