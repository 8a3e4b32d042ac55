#pragma once

#include <chrono>
#include <cstdint>
#include <vector>

namespace bench {

/// What processes have used so far, from /proc.
struct ProcessUsage {
  int process_count = 0;
  std::chrono::duration<double> cpu{};  ///< user and system time
  std::uint64_t rss_bytes = 0;
};

/// Usage of `pids` and all their descendants; those that have ended are left out.
[[nodiscard]] ProcessUsage usage_of(const std::vector<int>& pids);

/// What a run cost from begin() to end(): the server, this process, and everything else.
class CostMeter {
 public:
  explicit CostMeter(std::vector<int> server_pids) : server_pids_(std::move(server_pids)) {}

  void begin() { begin_ = read(); }
  void end() { end_ = read(); }

  [[nodiscard]] double seconds() const;
  [[nodiscard]] bool knows_server() const { return end_.server.process_count > 0; }
  [[nodiscard]] double server_cpu_seconds() const;
  [[nodiscard]] double generator_cpu_seconds() const;
  /// CPU that neither used, in cores: other programs, and what the kernel charges to nobody.
  [[nodiscard]] double foreign_cores() const;
  /// CPU that the hypervisor kept for itself, in cores.
  [[nodiscard]] double stolen_cores() const;

 private:
  using Seconds = std::chrono::duration<double>;
  struct Reading {
    std::chrono::steady_clock::time_point time;
    ProcessUsage server;
    Seconds generator{};
    Seconds machine{};
    Seconds stolen{};
  };
  [[nodiscard]] Reading read() const;

  std::vector<int> server_pids_;
  Reading begin_;
  Reading end_;
};

}  // namespace bench
