#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

/// What processes used since they were started. CPU is known to 10 ms, the kernel's clock tick.
struct Usage {
  std::chrono::nanoseconds cpu{0};
  std::uint64_t rss_bytes = 0;
  std::size_t process_count = 0;
};

/// A server's processes, and all that descend from them.
class ProcessGroup {
 public:
  /// Throws wskit::Error naming the process that does not exist.
  explicit ProcessGroup(const std::vector<int>& pids);

  /// Those of a systemd unit, by its cgroup. Throws wskit::Error if there is none.
  explicit ProcessGroup(const std::string& unit);

  /// CPU never goes back, though processes end.
  Usage sample();

 private:
  /// A process, which its number alone does not name for ever.
  struct Key {
    int pid;
    std::uint64_t start_ticks;
    auto operator<=>(const Key&) const = default;
  };

  std::vector<int> roots() const;

  std::vector<Key> pids_;
  std::string cgroup_;                           ///< unless empty, its folder, instead of pids_
  std::map<Key, std::chrono::nanoseconds> cpu_;  ///< of each process that was ever seen
};

/// What a thread used, and how long it could have run but waited for a CPU.
struct ThreadUsage {
  std::chrono::nanoseconds cpu{0};
  std::chrono::nanoseconds waiting{0};
};

ThreadUsage own_thread_usage();
std::uint64_t own_rss_bytes();
