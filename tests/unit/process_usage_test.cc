#include "process_usage.h"

#include <sched.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <csignal>
#include <ctime>
#include <filesystem>
#include <stdexcept>
#include <thread>
#include <utility>
#include <vector>

#include <wskit/error.h>
#include <catch2/catch.hpp>

namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using std::chrono::nanoseconds;
using Pids = std::vector<int>;

nanoseconds cpu_clock(clockid_t clock) {
  timespec time{};
  clock_gettime(clock, &time);
  return std::chrono::seconds{time.tv_sec} + nanoseconds{time.tv_nsec};
}

void burn(nanoseconds cpu) {
  const nanoseconds begin = cpu_clock(CLOCK_THREAD_CPUTIME_ID);
  while (cpu_clock(CLOCK_THREAD_CPUTIME_ID) - begin < cpu) continue;
}

/// Whether it holds before the deadline.
template <typename Condition>
bool eventually(Condition condition) {
  const auto deadline = std::chrono::steady_clock::now() + 5s;
  while (std::chrono::steady_clock::now() < deadline) {
    if (condition()) return true;
    sched_yield();
  }
  return false;
}

/// A process that does its task and then stays until it is told to end.
class Child {
 public:
  template <typename Task>
  explicit Child(Task task) {
    std::array<int, 2> ready{};
    if (pipe(ready.data()) != 0 || pipe(hold_.data()) != 0) throw std::runtime_error("no pipe");
    pid_ = fork();
    char byte = 0;
    if (pid_ == 0) {
      close(hold_[1]);
      task();
      close(ready[0]);
      close(ready[1]);
      _exit(read(hold_[0], &byte, 1) == 0 ? 0 : 1);
    }
    close(ready[1]);
    if (read(ready[0], &byte, 1) != 0) throw std::runtime_error("no child");
    close(ready[0]);
    close(hold_[0]);
  }
  ~Child() { reap(); }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  int pid() const { return pid_; }
  void let_end() {
    if (hold_[1] >= 0) close(std::exchange(hold_[1], -1));
  }
  void reap() {
    let_end();
    if (pid_ > 0) waitpid(std::exchange(pid_, 0), nullptr, 0);
  }

 private:
  std::array<int, 2> hold_{};
  pid_t pid_ = -1;
};

}  // namespace

TEST_CASE("ProcessGroup: CPU is known more finely than a tick, and that of threads that ended") {
  ProcessGroup group(Pids{getpid()});
  const nanoseconds before = group.sample().cpu;
  const nanoseconds clock = cpu_clock(CLOCK_PROCESS_CPUTIME_ID);

  std::thread([] { burn(3ms); }).join();

  const nanoseconds used = group.sample().cpu - before;
  CHECK(used >= 3ms);
  CHECK(used < cpu_clock(CLOCK_PROCESS_CPUTIME_ID) - clock + 2ms);
}

TEST_CASE("ProcessGroup: a child's CPU is there while it runs, as a zombie and after it") {
  ProcessGroup group(Pids{getpid()});
  const Usage before = group.sample();
  Child child{[] {
    prctl(PR_SET_NAME, ") Z 1 (\n");
    burn(30ms);
  }};

  const Usage running = group.sample();
  CHECK(running.process_count == before.process_count + 1);
  CHECK(running.cpu - before.cpu >= 30ms);

  child.let_end();
  CHECK(eventually([&] { return group.sample().process_count == before.process_count; }));
  CHECK(group.sample().cpu - before.cpu >= 30ms);
  CHECK_THROWS_AS(ProcessGroup(Pids{child.pid()}), wskit::Error);

  const nanoseconds as_zombie = group.sample().cpu;
  const nanoseconds clock = cpu_clock(CLOCK_PROCESS_CPUTIME_ID);
  child.reap();
  const nanoseconds reaped = group.sample().cpu;
  CHECK(reaped >= as_zombie);
  CHECK(reaped - as_zombie < cpu_clock(CLOCK_PROCESS_CPUTIME_ID) - clock + 25ms);
}

TEST_CASE("ProcessGroup: a shell's command counts with it") {
  const pid_t pid = fork();
  if (pid == 0) {
    setpgid(0, 0);
    execl("/bin/sh", "sh", "-c", "sleep 1000; :", static_cast<char*>(nullptr));
    _exit(1);
  }
  ProcessGroup group(Pids{pid});
  CHECK(eventually([&] { return group.sample().process_count == 2; }));
  CHECK(group.sample().rss_bytes > 0);
  CHECK(group.is_alive());

  kill(pid, SIGKILL);
  waitpid(pid, nullptr, 0);
  CHECK_FALSE(group.is_alive());
  CHECK(group.sample().process_count == 1);

  kill(-pid, SIGKILL);
  CHECK(eventually([&] { return group.sample().process_count == 0; }));
}

TEST_CASE("own_thread_cpu: only the calling thread's CPU counts") {
  const nanoseconds all_before = cpu_clock(CLOCK_PROCESS_CPUTIME_ID);
  const nanoseconds before = own_thread_cpu();
  nanoseconds others{};
  std::thread([&] {
    burn(5ms);
    others = own_thread_cpu();
  }).join();
  CHECK(own_thread_cpu() - before + others <= cpu_clock(CLOCK_PROCESS_CPUTIME_ID) - all_before);

  burn(2ms);
  CHECK(own_thread_cpu() - before >= 2ms);
}

TEST_CASE("own_thread_waiting: two threads on one CPU wait for each other") {
  if (!fs::exists("/proc/thread-self/schedstat")) return;
  cpu_set_t one;
  CPU_ZERO(&one);
  CPU_SET(static_cast<std::size_t>(sched_getcpu()), &one);
  std::atomic<bool> has_waited{false};
  const auto compete = [&] {
    sched_setaffinity(0, sizeof one, &one);
    const auto waits = [&] { return has_waited || own_thread_waiting() > 1ms; };
    if (eventually(waits)) has_waited = true;
  };

  std::thread other{compete};
  std::thread third{compete};
  other.join();
  third.join();

  CHECK(has_waited);
}
