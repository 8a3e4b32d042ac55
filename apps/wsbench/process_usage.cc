#include "process_usage.h"

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <optional>
#include <set>
#include <sstream>
#include <utility>

#include <fmt/format.h>
#include <wskit/error.h>

namespace {

using std::chrono::nanoseconds;

struct ProcessStat {
  int parent = 0;
  nanoseconds cpu{0};
  std::uint64_t start_ticks = 0;
  bool is_zombie = false;
};

/// proc(5): after the name, which may hold blanks and brackets, field 4 is the parent, 14 and 15
/// are user and system time, 22 the time it was started.
std::optional<ProcessStat> read_stat(int pid) {
  std::ifstream file(fmt::format("/proc/{}/stat", pid));
  std::string line;
  std::getline(file, line);
  const std::size_t name_end = line.rfind(')');
  if (name_end == std::string::npos) return std::nullopt;
  std::istringstream fields(line.substr(name_end + 1));
  std::string state;
  fields >> state;
  std::array<std::uint64_t, 23> field{};
  for (std::size_t number = 4; number < field.size(); ++number) {
    std::string text;
    fields >> text;
    std::from_chars(text.data(), text.data() + text.size(), field[number]);
  }
  const auto tick = nanoseconds{1'000'000'000 / sysconf(_SC_CLK_TCK)};
  return ProcessStat{.parent = static_cast<int>(field[4]),
                     .cpu = tick * static_cast<std::int64_t>(field[14] + field[15]),
                     .start_ticks = field[22],
                     .is_zombie = state == "Z"};
}

/// From `status`: proc(5) calls the number in `stat` inaccurate.
std::uint64_t read_rss_bytes(const std::string& process) {
  std::ifstream file("/proc/" + process + "/status");
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
    const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), pid);
    if (error == std::errc{} && end == name.data() + name.size()) pids.push_back(pid);
  }
  return pids;
}

std::map<int, ProcessStat> with_descendants(const std::vector<int>& roots) {
  std::map<int, ProcessStat> known;
  for (const int pid : all_pids()) {
    if (const auto stat = read_stat(pid)) known.emplace(pid, *stat);
  }
  std::map<int, ProcessStat> family;
  for (const int pid : roots) {
    if (const auto found = known.find(pid); found != known.end()) family.insert(*found);
  }
  for (bool has_grown = true; has_grown;) {
    has_grown = false;
    for (const auto& entry : known) {
      if (family.contains(entry.second.parent)) has_grown |= family.insert(entry).second;
    }
  }
  return family;
}

/// What a program prints, without a shell; empty if it fails.
std::string output_of(std::vector<std::string> arguments) {
  std::array<int, 2> pipe_ends{};
  if (pipe(pipe_ends.data()) != 0) return {};
  std::vector<char*> argv;
  for (std::string& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, pipe_ends[1], STDOUT_FILENO);
  posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", 1, 0);
  posix_spawn_file_actions_addclose(&actions, pipe_ends[0]);
  posix_spawn_file_actions_addclose(&actions, pipe_ends[1]);
  pid_t child = 0;
  const int failed = posix_spawnp(&child, argv.front(), &actions, nullptr, argv.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  close(pipe_ends[1]);
  std::string output;
  std::array<char, 512> buffer{};
  ssize_t count = 0;
  while (failed == 0 && (count = read(pipe_ends[0], buffer.data(), buffer.size())) > 0) {
    output.append(buffer.data(), static_cast<std::size_t>(count));
  }
  close(pipe_ends[0]);
  int status = 1;
  if (failed == 0) waitpid(child, &status, 0);
  return status == 0 ? output.substr(0, output.find('\n')) : "";
}

}  // namespace

ProcessGroup::ProcessGroup(const std::vector<int>& pids) {
  for (const int pid : pids) {
    const auto stat = read_stat(pid);
    if (!stat) throw wskit::Error{fmt::format("--pid {}: there is no such process", pid)};
    pids_.push_back({pid, stat->start_ticks});
  }
}

ProcessGroup::ProcessGroup(const std::string& unit) {
  const std::string group =
      output_of({"systemctl", "show", "--property=ControlGroup", "--value", "--", unit});
  for (const char* root : {"/sys/fs/cgroup", "/sys/fs/cgroup/systemd", "/sys/fs/cgroup/unified"}) {
    if (group.empty() || !std::filesystem::exists(root + group + "/cgroup.procs")) continue;
    cgroup_ = root + group;
    return;
  }
  throw wskit::Error{fmt::format("--unit {}: systemd knows no such unit that runs", unit)};
}

std::vector<int> ProcessGroup::roots() const {
  std::vector<int> pids;
  if (!cgroup_.empty()) {
    std::ifstream file(cgroup_ + "/cgroup.procs");
    for (int pid = 0; file >> pid;) pids.push_back(pid);
    return pids;
  }
  for (const Key& key : pids_) {
    const auto stat = read_stat(key.pid);
    if (stat && stat->start_ticks == key.start_ticks) pids.push_back(key.pid);
  }
  return pids;
}

Usage ProcessGroup::sample() {
  Usage usage;
  for (const auto& [pid, stat] : with_descendants(roots())) {
    nanoseconds& cpu = cpu_[{pid, stat.start_ticks}];
    cpu = std::max(cpu, stat.cpu);
    if (stat.is_zombie) continue;
    ++usage.process_count;
    usage.rss_bytes += read_rss_bytes(std::to_string(pid));
  }
  for (const auto& [key, cpu] : cpu_) usage.cpu += cpu;
  return usage;
}

ThreadUsage own_thread_usage() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  ThreadUsage usage{std::chrono::seconds{time.tv_sec} + nanoseconds{time.tv_nsec}, {}};
  std::ifstream file("/proc/thread-self/schedstat");
  std::int64_t running = 0;
  std::int64_t waiting = 0;
  if (file >> running >> waiting) usage.waiting = nanoseconds{waiting};
  return usage;
}

std::uint64_t own_rss_bytes() {
  return read_rss_bytes("self");
}
