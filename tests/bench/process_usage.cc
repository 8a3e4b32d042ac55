#include "process_usage.h"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <utility>

namespace bench {

namespace {

using Seconds = std::chrono::duration<double>;

Seconds from_ticks(double ticks) {
  return Seconds(ticks / static_cast<double>(sysconf(_SC_CLK_TCK)));
}

struct ProcessStat {
  int parent = 0;
  Seconds cpu{};
  bool is_alive = false;
};

/// proc(5): after the name, which may hold blanks, field 4 is the parent, 14 and 15 are user and
/// system time.
ProcessStat read_stat(int pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
  std::string line;
  std::getline(file, line);
  ProcessStat stat;
  const std::size_t name_end = line.rfind(')');
  if (name_end == line.npos) return stat;

  std::istringstream fields(line.substr(name_end + 1));
  std::string state;
  std::array<double, 16> field{};
  fields >> state;
  for (std::size_t number = 4; number <= 15; ++number) fields >> field[number];
  stat.parent = static_cast<int>(field[4]);
  stat.cpu = from_ticks(field[14] + field[15]);
  stat.is_alive = state != "Z";
  return stat;
}

/// From `status`: proc(5) calls the number in `stat` inaccurate.
std::uint64_t read_rss_bytes(int pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/status");
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("VmRSS:")) return std::stoull(line.substr(6)) * 1024;
  }
  return 0;
}

std::vector<int> all_pids() {
  std::vector<int> pids;
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    const std::string name = entry.path().filename();
    int pid = 0;
    const auto parsed = std::from_chars(name.data(), name.data() + name.size(), pid);
    if (parsed.ptr == name.data() + name.size()) pids.push_back(pid);
  }
  return pids;
}

std::set<int> with_descendants(const std::vector<int>& roots) {
  std::vector<std::pair<int, int>> child_and_parent;
  for (const int pid : all_pids()) child_and_parent.emplace_back(pid, read_stat(pid).parent);

  std::set<int> family(roots.begin(), roots.end());
  for (bool has_grown = true; has_grown;) {
    has_grown = false;
    for (const auto& [child, parent] : child_and_parent) {
      if (family.contains(parent)) has_grown |= family.insert(child).second;
    }
  }
  return family;
}

Seconds own_cpu() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return Seconds(static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6);
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

}  // namespace

ProcessUsage usage_of(const std::vector<int>& pids) {
  ProcessUsage usage;
  if (pids.empty()) return usage;
  for (const int pid : with_descendants(pids)) {
    const ProcessStat stat = read_stat(pid);
    if (!stat.is_alive) continue;
    ++usage.process_count;
    usage.cpu += stat.cpu;
    usage.rss_bytes += read_rss_bytes(pid);
  }
  return usage;
}

auto CostMeter::read() const -> Reading {
  Reading reading;
  reading.server = usage_of(server_pids_);
  reading.generator = own_cpu();
  // proc(5), first line: user nice system idle iowait irq softirq steal
  std::ifstream file("/proc/stat");
  std::string label;
  std::array<double, 8> ticks{};
  file >> label;
  for (double& value : ticks) file >> value;
  reading.machine = from_ticks(ticks[0] + ticks[1] + ticks[2] + ticks[5] + ticks[6]);
  reading.stolen = from_ticks(ticks[7]);
  reading.time = std::chrono::steady_clock::now();
  return reading;
}

double CostMeter::seconds() const {
  return Seconds(end_.time - begin_.time).count();
}

double CostMeter::server_cpu_seconds() const {
  return (end_.server.cpu - begin_.server.cpu).count();
}

double CostMeter::generator_cpu_seconds() const {
  return (end_.generator - begin_.generator).count();
}

double CostMeter::foreign_cores() const {
  const double machine = (end_.machine - begin_.machine).count();
  const double foreign = machine - server_cpu_seconds() - generator_cpu_seconds();
  return std::max(0.0, foreign) / seconds();
}

double CostMeter::stolen_cores() const {
  return (end_.stolen - begin_.stolen).count() / seconds();
}

}  // namespace bench
