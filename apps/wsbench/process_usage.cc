#include "process_usage.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <sstream>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <wskit/error.h>

namespace {

namespace fs = std::filesystem;
using std::chrono::nanoseconds;

/// proc(5), the fields of /proc/PID/stat.
struct ProcessStat {
  int parent = 0;
  nanoseconds own{0};
  nanoseconds waited{0};
  std::int64_t start_ticks = 0;
  bool is_zombie = false;
};

/// Empty if it cannot be read, as when a process has just ended.
std::string contents_of(const std::string& name) {
  std::ifstream file(name);
  return {std::istreambuf_iterator<char>{file}, {}};
}

/// The name may hold blanks, brackets and line ends; after it comes field 3.
std::optional<ProcessStat> read_stat(const std::string& proc, int pid) {
  const std::string text = contents_of(fmt::format("{}/{}/stat", proc, pid));
  const std::size_t name_end = text.rfind(')');
  if (name_end == std::string::npos) return std::nullopt;
  std::istringstream rest(text.substr(name_end + 1));
  std::string state;
  rest >> state;
  std::array<std::int64_t, 23> field{};
  for (std::size_t number = 4; number < field.size(); ++number) rest >> field[number];
  if (!rest) return std::nullopt;
  const auto from_ticks = [](std::int64_t ticks) {
    return nanoseconds{1'000'000'000 / sysconf(_SC_CLK_TCK)} * ticks;
  };
  return ProcessStat{.parent = static_cast<int>(field[4]),
                     .own = from_ticks(field[14] + field[15]),
                     .waited = from_ticks(field[16] + field[17]),
                     .start_ticks = field[22],
                     .is_zombie = state == "Z" || state == "X"};
}

nanoseconds from_timespec(const timespec& time) {
  return std::chrono::seconds{time.tv_sec} + nanoseconds{time.tv_nsec};
}

/// The process's CPU clock, unlike the schedstat of its threads, also has those that ended.
nanoseconds own_cpu_of(int pid, const ProcessStat& stat) {
  clockid_t clock{};
  timespec time{};
  const bool is_known = clock_getcpuclockid(pid, &clock) == 0 && clock_gettime(clock, &time) == 0;
  return is_known ? from_timespec(time) : stat.own;
}

/// Not from smaps_rollup: it walks all of the server's page tables, and holds it up.
std::uint64_t read_rss_bytes(const std::string& process_folder) {
  std::istringstream pages(contents_of(process_folder + "/statm"));
  std::uint64_t size = 0;
  std::uint64_t resident = 0;
  pages >> size >> resident;
  return resident * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
}

/// proc(5), the last field of /proc/loadavg, which each process and thread that is born changes.
/// 0: unknown; sandboxes that make up this file say so, too.
int read_newest_pid(const std::string& proc) {
  const std::string text = contents_of(proc + "/loadavg");
  std::istringstream last_field(text.substr(text.rfind(' ') + 1));
  int pid = 0;
  last_field >> pid;
  return pid;
}

std::map<int, ProcessStat> read_all(const std::string& proc) {
  std::map<int, ProcessStat> all;
  std::error_code error;
  for (fs::directory_iterator entry{proc, error}; entry != fs::end(entry); entry.increment(error)) {
    const std::string name = entry->path().filename();
    int pid = 0;
    const auto [end, failure] = std::from_chars(name.data(), name.data() + name.size(), pid);
    if (failure != std::errc{} || end != name.data() + name.size()) continue;
    if (const auto stat = read_stat(proc, pid)) all.emplace(pid, *stat);
  }
  return all;
}

/// With those of the groups below it.
std::vector<int> pids_in(const std::string& cgroup) {
  std::vector<int> pids;
  std::error_code error;
  for (fs::recursive_directory_iterator entry{cgroup, error}; entry != fs::end(entry);
       entry.increment(error)) {
    if (entry->path().filename() != "cgroup.procs") continue;
    std::ifstream file(entry->path());
    for (int pid = 0; file >> pid;) pids.push_back(pid);
  }
  return pids;
}

/// The first line that a program prints, without a shell; empty if it fails.
std::string output_of(std::vector<std::string> arguments) {
  std::array<int, 2> pipe_ends{};
  if (pipe2(pipe_ends.data(), O_CLOEXEC) != 0) return {};
  std::vector<char*> argv;
  for (std::string& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, pipe_ends[1], STDOUT_FILENO);
  posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
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

std::string ask_systemd(const std::string& unit) {
  return output_of({"systemctl", "show", "--property=ControlGroup", "--value", "--", unit});
}

ProcessGroup::ProcessGroup(const std::vector<int>& pids, KernelFolders folders)
    : folders_{std::move(folders)} {
  for (const int pid : pids) {
    const auto stat = read_stat(folders_.proc, pid);
    if (!stat || stat->is_zombie) {
      throw wskit::Error{fmt::format("--pid {}: no such process", pid)};
    }
    named_.push_back({stat->start_ticks, pid});
  }
}

ProcessGroup::ProcessGroup(const std::string& unit, const UnitLookup& look_up,
                           KernelFolders folders)
    : folders_{std::move(folders)} {
  const std::string group = look_up(unit);
  // cgroup v2; systemd's own hierarchy of v1; v2 beside v1.
  for (const char* hierarchy : {"", "/systemd", "/unified"}) {
    const std::string folder = folders_.cgroup + hierarchy + group;
    if (group.empty() || !fs::exists(folder + "/cgroup.procs") || pids_in(folder).empty()) continue;
    cgroup_ = folder;
    return;
  }
  throw wskit::Error{fmt::format("--unit {}: systemd knows no such unit that runs", unit)};
}

bool ProcessGroup::is_alive() const {
  const auto runs = [this](int pid, std::optional<std::int64_t> start_ticks) {
    const auto stat = read_stat(folders_.proc, pid);
    return stat && !stat->is_zombie && start_ticks.value_or(stat->start_ticks) == stat->start_ticks;
  };
  if (!cgroup_.empty()) {
    return std::ranges::any_of(pids_in(cgroup_), [&](int pid) { return runs(pid, std::nullopt); });
  }
  return std::ranges::all_of(named_, [&](Key key) { return runs(key.pid, key.start_ticks); });
}

/// Whether a process was born or moved since the last call. To search all of the machine's takes
/// milliseconds in which the generator's threads, or the server, may wait for the CPU.
bool ProcessGroup::may_have_grown() {
  const int newest_pid = read_newest_pid(folders_.proc);
  std::vector<int> cgroup_pids = cgroup_.empty() ? std::vector<int>{} : pids_in(cgroup_);
  const bool is_same = newest_pid != 0 && newest_pid == newest_pid_ && cgroup_pids == cgroup_pids_;
  newest_pid_ = newest_pid;
  cgroup_pids_ = std::move(cgroup_pids);
  return !is_same;
}

std::set<ProcessGroup::Key> ProcessGroup::find_family() const {
  const std::map<int, ProcessStat> all = read_all(folders_.proc);
  std::multimap<int, int> children;
  for (const auto& [pid, stat] : all) children.emplace(stat.parent, pid);

  std::vector<int> to_visit = cgroup_pids_;
  const auto visit_if_same = [&](int pid, std::int64_t start_ticks) {
    const auto found = all.find(pid);
    if (found != all.end() && found->second.start_ticks == start_ticks) to_visit.push_back(pid);
  };
  for (const Key& key : named_) visit_if_same(key.pid, key.start_ticks);
  for (const auto& [pid, process] : processes_) visit_if_same(pid, process.start_ticks);

  std::set<Key> family;
  while (!to_visit.empty()) {
    const int pid = to_visit.back();
    to_visit.pop_back();
    const auto found = all.find(pid);
    if (found == all.end() || !family.insert({found->second.start_ticks, pid}).second) continue;
    const auto [begin, end] = children.equal_range(pid);
    for (auto child = begin; child != end; ++child) to_visit.push_back(child->second);
  }
  return family;
}

Usage ProcessGroup::sample() {
  if (may_have_grown()) family_ = find_family();
  Usage usage;
  std::map<int, Process> present;
  // Parents before children: a child that ends meanwhile is then missing for once, never twice in.
  for (const Key& key : family_) {
    const auto stat = read_stat(folders_.proc, key.pid);
    if (!stat || stat->start_ticks != key.start_ticks) continue;
    const auto known = processes_.find(key.pid);
    Process process{.start_ticks = key.start_ticks, .waited_at_first = stat->waited};
    if (known != processes_.end() && known->second.start_ticks == key.start_ticks) {
      process = known->second;
    }
    process.parent = stat->parent;
    process.own = std::max(process.own, own_cpu_of(key.pid, *stat));
    process.waited = stat->waited;
    present.emplace(key.pid, process);
    if (stat->is_zombie) continue;
    ++usage.process_count;
    usage.rss_bytes += read_rss_bytes(fmt::format("{}/{}", folders_.proc, key.pid));
  }
  replace_processes(std::move(present));
  usage.cpu = ended_;
  for (const auto& [pid, process] : processes_) usage.cpu += process.cpu();
  usage.cpu = last_cpu_ = std::max(usage.cpu, last_cpu_);
  return usage;
}

/// What has ended is counted with its parent, as the kernel does when the parent waits for it, or
/// for itself.
void ProcessGroup::replace_processes(std::map<int, Process> present) {
  for (const auto& [pid, process] : processes_) {
    const auto now = present.find(pid);
    if (now != present.end() && now->second.start_ticks == process.start_ticks) continue;
    const auto parent = present.find(process.parent);
    (parent == present.end() ? ended_ : parent->second.ended_children) += process.cpu();
  }
  processes_ = std::move(present);
}

/// Of a child that was seen and ended both figures tell, unless its parent does not wait for its
/// children; of one that came and went unseen, only the kernel's.
nanoseconds ProcessGroup::Process::cpu() const {
  return own + waited_at_first + std::max(waited - waited_at_first, ended_children);
}

nanoseconds own_thread_cpu() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return from_timespec(time);
}

nanoseconds own_thread_waiting() {
  std::ifstream file("/proc/thread-self/schedstat");
  std::int64_t running = 0;
  std::int64_t waiting = 0;
  file >> running >> waiting;
  return nanoseconds{file ? waiting : 0};
}

std::uint64_t own_rss_bytes() {
  return read_rss_bytes("/proc/self");
}
