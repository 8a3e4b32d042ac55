#include "process_usage.h"

#include <stdlib.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <wskit/error.h>
#include <catch2/catch.hpp>

namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using std::chrono::nanoseconds;
using Pids = std::vector<int>;

/// What a fake /proc/PID/stat says, in ticks.
struct Fake {
  int pid = 0;
  int parent = 1;
  int user = 0;
  int system = 0;
  int waited_user = 0;
  int waited_system = 0;
  int start = 100;
  int pages = 0;
  std::string name = "server";
  std::string state = "S";
};

/// The kernel gives no process a number above 2^22, so these have no CPU clock, only ticks.
constexpr int kBase = 5'000'000;
const nanoseconds kTick = nanoseconds{1s} / sysconf(_SC_CLK_TCK);

/// Folders like /proc and /sys/fs/cgroup, gone with the object.
class FakeKernel {
 public:
  FakeKernel() {
    if (::mkdtemp(name_.data()) == nullptr) throw std::runtime_error("no temporary folder");
    fs::create_directories(name_ + "/proc/sys");
  }
  ~FakeKernel() { fs::remove_all(name_); }
  FakeKernel(const FakeKernel&) = delete;
  FakeKernel& operator=(const FakeKernel&) = delete;

  void write(const std::string& file, const std::string& text) const {
    fs::create_directories(fs::path{name_ + file}.parent_path());
    std::ofstream{name_ + file} << text;
  }
  void set(const Fake& fake) const {
    const std::string folder = fmt::format("/proc/{}", fake.pid);
    write(folder + "/stat",
          fmt::format("{} ({}) {} {} 1 1 0 -1 4194560 9 9 9 9 {} {} {} {} 20 -5 1 0 {} 9 9\n",
                      fake.pid, fake.name, fake.state, fake.parent, fake.user, fake.system,
                      fake.waited_user, fake.waited_system, fake.start));
    write(folder + "/statm", fmt::format("99 {} 9 9 0 9 0\n", fake.pages));
  }
  void end(int pid) const { fs::remove_all(fmt::format("{}/proc/{}", name_, pid)); }
  KernelFolders folders() const { return {name_ + "/proc", name_ + "/cgroup"}; }

 private:
  std::string name_ = (fs::temp_directory_path() / "wsbench-XXXXXX").string();
};

}  // namespace

TEST_CASE("ProcessGroup: a process that does not exist is named") {
  CHECK_THROWS_AS(ProcessGroup(Pids{getpid(), kBase}), wskit::Error);
  CHECK_THROWS_WITH(ProcessGroup(Pids{kBase}), "--pid 5000000: no such process");
  CHECK_THROWS_WITH(ProcessGroup(Pids{0}), "--pid 0: no such process");
  CHECK_THROWS_WITH(ProcessGroup(Pids{-1}), "--pid -1: no such process");
}

TEST_CASE_METHOD(FakeKernel, "ProcessGroup: descendants count, once each, and strangers do not") {
  set({.pid = kBase, .user = 3, .system = 4, .waited_user = 5, .waited_system = 6, .pages = 10});
  set({.pid = kBase + 1, .parent = kBase, .user = 10, .start = 101, .pages = 20});
  set({.pid = kBase + 2, .parent = kBase + 1, .user = 100, .start = 102, .pages = 40});
  set({.pid = kBase + 3, .user = 1000, .start = 103, .pages = 80});

  const Pids named = GENERATE(Pids{kBase}, Pids{kBase + 1, kBase, kBase});
  const Usage usage = ProcessGroup(named, folders()).sample();

  CHECK(usage.process_count == 3);
  CHECK(usage.cpu == (3 + 4 + 5 + 6 + 10 + 100) * kTick);
  CHECK(usage.rss_bytes == 70 * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE)));
}

TEST_CASE_METHOD(FakeKernel, "ProcessGroup: a name may hold what separates the fields") {
  const auto name = GENERATE(as<std::string>{}, "a b", ") Z 1 2 (", "))", "(", "a\n) R 1", "");
  set({.pid = kBase, .user = 7, .name = name});

  ProcessGroup group(Pids{kBase}, folders());

  CHECK(group.is_alive());
  CHECK(group.sample().cpu == 7 * kTick);
}

TEST_CASE_METHOD(FakeKernel, "ProcessGroup: a stat that is cut off is no process") {
  const auto text = GENERATE(as<std::string>{}, "", "5000000 (a", "5000000 (a) S 1 1 1",
                             "5000000 (a) S x 1 1 0 -1 4 9 9 9 9 1 1 1 1 20 0 1 0 9 9 9");
  write("/proc/5000000/stat", text);

  CHECK_THROWS_AS(ProcessGroup(Pids{kBase}, folders()), wskit::Error);
}

TEST_CASE_METHOD(FakeKernel, "ProcessGroup: what ended keeps its CPU") {
  set({.pid = kBase, .user = 7, .pages = 1});
  ProcessGroup group(Pids{kBase}, folders());
  CHECK(group.sample().cpu == 7 * kTick);

  set({.pid = kBase, .user = 9, .pages = 0, .state = "Z"});
  CHECK_FALSE(group.is_alive());
  CHECK(group.sample().cpu == 9 * kTick);
  CHECK(group.sample().process_count == 0);

  end(kBase);
  CHECK_FALSE(group.is_alive());
  CHECK(group.sample().cpu == 9 * kTick);
  CHECK(group.sample().rss_bytes == 0);
}

TEST_CASE_METHOD(FakeKernel, "ProcessGroup: a number that is given away again is another process") {
  set({.pid = kBase, .user = 7, .start = 100});
  ProcessGroup group(Pids{kBase}, folders());
  CHECK(group.sample().cpu == 7 * kTick);

  set({.pid = kBase, .user = 500, .start = 101});

  CHECK_FALSE(group.is_alive());
  CHECK(group.sample().cpu == 7 * kTick);
  CHECK(group.sample().process_count == 0);
}

TEST_CASE_METHOD(FakeKernel, "ProcessGroup: it is alive while all that were named are") {
  set({.pid = kBase});
  set({.pid = kBase + 1});
  const ProcessGroup group(Pids{kBase, kBase + 1}, folders());

  CHECK(group.is_alive());
  end(kBase + 1);
  CHECK_FALSE(group.is_alive());
}

TEST_CASE_METHOD(FakeKernel,
                 "ProcessGroup: a child counts once, whether its parent waits for it or not") {
  Fake parent{.pid = kBase, .user = 10, .waited_user = 40, .waited_system = 10};
  set(parent);
  set({.pid = kBase + 1, .parent = kBase, .user = 30, .start = 101});
  ProcessGroup group(Pids{kBase}, folders());
  CHECK(group.sample().cpu == (10 + 50 + 30) * kTick);

  end(kBase + 1);
  CHECK(group.sample().cpu == (10 + 50 + 30) * kTick);

  parent.user += 5;
  set(parent);
  CHECK(group.sample().cpu == (15 + 50 + 30) * kTick);

  parent.waited_user += 32;  // of which two ticks came after the last sample
  set(parent);
  CHECK(group.sample().cpu == (15 + 50 + 32) * kTick);
}

TEST_CASE_METHOD(FakeKernel, "ProcessGroup: who outlives its parent still counts") {
  set({.pid = kBase, .user = 10});
  set({.pid = kBase + 1, .parent = kBase, .user = 20, .start = 101});
  ProcessGroup group(Pids{kBase}, folders());
  CHECK(group.sample().cpu == 30 * kTick);

  end(kBase);
  set({.pid = kBase + 1, .parent = 1, .user = 30, .start = 101});
  CHECK(group.sample().cpu == 40 * kTick);
  CHECK(group.sample().process_count == 1);

  end(kBase + 1);
  CHECK(group.sample().cpu == 40 * kTick);
}

TEST_CASE_METHOD(FakeKernel, "ProcessGroup: children are looked for when a process was born") {
  write("/proc/loadavg", "0.10 0.20 0.30 1/80 6000000\n");
  set({.pid = kBase, .user = 10});
  ProcessGroup group(Pids{kBase}, folders());
  CHECK(group.sample().cpu == 10 * kTick);

  set({.pid = kBase, .user = 11});
  set({.pid = kBase + 1, .parent = kBase, .user = 20, .start = 101});
  CHECK(group.sample().cpu == 11 * kTick);

  write("/proc/loadavg", "0.10 0.20 0.30 1/81 6000001\n");
  CHECK(group.sample().cpu == 31 * kTick);
}

TEST_CASE_METHOD(FakeKernel,
                 "ProcessGroup: a kernel that does not tell of births is not believed") {
  const auto text = GENERATE(as<std::string>{}, "0.00 0.00 0.00 0/0 0\n", "", "\n", "a b");
  write("/proc/loadavg", text);
  set({.pid = kBase, .user = 10});
  ProcessGroup group(Pids{kBase}, folders());
  CHECK(group.sample().cpu == 10 * kTick);

  set({.pid = kBase + 1, .parent = kBase, .user = 20, .start = 101});
  CHECK(group.sample().cpu == 30 * kTick);
}

TEST_CASE_METHOD(FakeKernel, "ProcessGroup: who is moved into the control group counts") {
  write("/proc/loadavg", "0.10 0.20 0.30 1/80 6000000\n");
  write("/cgroup/u/cgroup.procs", "5000000\n");
  set({.pid = kBase, .user = 10});
  set({.pid = kBase + 1, .user = 20});
  ProcessGroup unit(
      "u", [](const std::string&) { return "/u"; }, folders());
  CHECK(unit.sample().cpu == 10 * kTick);

  write("/cgroup/u/cgroup.procs", "5000000\n5000001\n");
  CHECK(unit.sample().cpu == 30 * kTick);
}

TEST_CASE_METHOD(FakeKernel, "ProcessGroup: a unit is its control group, those below it included") {
  const auto hierarchy = GENERATE(as<std::string>{}, "", "/systemd", "/unified");
  const std::string group = "/system.slice/wsd.service";
  write("/cgroup" + hierarchy + group + "/cgroup.procs", "5000000\n5000001\n");
  write("/cgroup" + hierarchy + group + "/inner/cgroup.procs", "5000002\n");
  set({.pid = kBase, .user = 1});
  set({.pid = kBase + 1, .user = 10});
  set({.pid = kBase + 2, .user = 100});
  set({.pid = kBase + 3, .user = 1000});
  const auto look_up = [&](const std::string& name) { return name == "wsd" ? group : ""; };

  ProcessGroup unit("wsd", look_up, folders());

  CHECK(unit.is_alive());
  CHECK(unit.sample().process_count == 3);
  CHECK(unit.sample().cpu == 111 * kTick);
}

TEST_CASE_METHOD(FakeKernel, "ProcessGroup: a unit lives while one of its processes does") {
  write("/cgroup/u/cgroup.procs", "5000000\n");
  set({.pid = kBase, .user = 10});
  const auto look_up = [](const std::string&) { return "/u"; };
  ProcessGroup unit("u", look_up, folders());
  CHECK(unit.sample().cpu == 10 * kTick);

  end(kBase);
  write("/cgroup/u/cgroup.procs", "");
  CHECK_FALSE(unit.is_alive());
  CHECK(unit.sample().cpu == 10 * kTick);

  write("/cgroup/u/cgroup.procs", "5000001\n");
  set({.pid = kBase + 1, .user = 5, .start = 200});
  CHECK(unit.is_alive());
  CHECK(unit.sample().cpu == 15 * kTick);
}

TEST_CASE_METHOD(FakeKernel, "ProcessGroup: a unit without processes is named") {
  write("/cgroup/empty/cgroup.procs", "");
  const auto group = GENERATE(as<std::string>{}, "", "/missing", "/empty");
  const auto look_up = [&](const std::string&) { return group; };

  CHECK_THROWS_WITH(ProcessGroup("wsd.service", look_up, folders()),
                    "--unit wsd.service: systemd knows no such unit that runs");
}

TEST_CASE("ProcessGroup: systemctl is asked, and knows no such unit") {
  CHECK_THROWS_AS(ProcessGroup("no-such-unit-at-all.service"), wskit::Error);
}
