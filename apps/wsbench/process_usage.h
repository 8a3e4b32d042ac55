#pragma once

#include <chrono>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

/// What processes used since they were started.
///
/// The CPU of a process is known to the nanosecond, but that of children which came and went
/// between two samples to 10 ms only, the kernel's clock tick. Memory which processes share is in
/// `rss_bytes` once for each of them.
struct Usage {
  std::chrono::nanoseconds cpu{0};
  std::uint64_t rss_bytes = 0;
  std::size_t process_count = 0;
};

/// Where the kernel shows processes and control groups.
struct KernelFolders {
  std::string proc = "/proc";
  std::string cgroup = "/sys/fs/cgroup";
};

/// A unit's control group, as `/system.slice/NAME.service`; empty: no such unit runs.
using UnitLookup = std::function<std::string(const std::string& unit)>;

/// What systemctl says; waits for it.
std::string ask_systemd(const std::string& unit);

/// A server's processes, and all that descend from them, also when their parents have ended.
///
/// Thread: any, one at a time.
class ProcessGroup {
 public:
  /// Throws wskit::Error naming the process that does not exist.
  explicit ProcessGroup(const std::vector<int>& pids, KernelFolders folders = {});

  /// Those of a systemd unit, by its control group. Throws wskit::Error if it has none.
  explicit ProcessGroup(const std::string& unit, const UnitLookup& look_up = ask_systemd,
                        KernelFolders folders = {});

  /// CPU never goes back: what has ended keeps its last figure.
  Usage sample();

  /// Whether all the processes named still run; of a unit, whether any does.
  bool is_alive() const;

 private:
  /// A process, which its number alone does not name for ever. The oldest comes first.
  struct Key {
    std::int64_t start_ticks = 0;
    int pid = 0;
    auto operator<=>(const Key&) const = default;
  };

  struct Process {
    std::int64_t start_ticks = 0;
    int parent = 0;
    std::chrono::nanoseconds own{0};
    std::chrono::nanoseconds waited_at_first{0};  ///< of children, before it was first seen
    std::chrono::nanoseconds waited{0};           ///< of children that have ended, says the kernel
    std::chrono::nanoseconds ended_children{0};   ///< the same of those that were seen

    std::chrono::nanoseconds cpu() const;
  };

  bool may_have_grown();
  std::set<Key> find_family() const;
  void replace_processes(std::map<int, Process> present);

  KernelFolders folders_;
  std::vector<Key> named_;
  std::string cgroup_;                ///< unless empty, its folder, instead of named_
  int newest_pid_ = 0;                ///< of the machine, at the last search
  std::vector<int> cgroup_pids_;      ///< at the last search
  std::set<Key> family_;              ///< what the last search found
  std::map<int, Process> processes_;  ///< at the last sample
  std::chrono::nanoseconds ended_{0};
  std::chrono::nanoseconds last_cpu_{0};
};

/// What the calling thread has used.
std::chrono::nanoseconds own_thread_cpu();

/// How long the calling thread could have run but waited for a CPU; 0 if the kernel does not tell.
/// To read it can take a millisecond.
std::chrono::nanoseconds own_thread_waiting();
std::uint64_t own_rss_bytes();
