#include "preflight.h"

#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

namespace {

namespace fs = std::filesystem;
using Catch::Matchers::Contains;

constexpr std::size_t kNoLimit = 1'000'000'000;

/// A folder like /proc/sys, gone with the object.
class SysctlFolder {
 public:
  SysctlFolder() {
    if (::mkdtemp(name_.data()) == nullptr) throw std::runtime_error("no temporary folder");
  }
  ~SysctlFolder() { fs::remove_all(name_); }
  SysctlFolder(const SysctlFolder&) = delete;
  SysctlFolder& operator=(const SysctlFolder&) = delete;

  void set(const std::string& key, const std::string& value) const {
    const fs::path file = fs::path{name_} / key;
    fs::create_directories(file.parent_path());
    std::ofstream{file} << value << "\n";
  }
  const std::string& name() const { return name_; }

 private:
  std::string name_ = (fs::temp_directory_path() / "wsbench-XXXXXX").string();
};

/// The exit status of a process of its own, as a hard limit is lowered for good.
template <typename Task>
int status_in_child(Task task) {
  const pid_t child = fork();
  if (child == 0) _exit(task());
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

}  // namespace

TEST_CASE("Preflight: a machine whose limits suffice has no problems") {
  const SysctlFolder sysctl;
  CHECK(find_problems({.connections = 1'000'000}, kNoLimit, sysctl.name()).empty());

  sysctl.set("fs/nr_open", "100");
  sysctl.set("fs/file-max", "9223372036854775807");
  sysctl.set("fs/file-nr", "2466\t0\t9223372036854775807");
  sysctl.set("net/ipv4/ip_local_port_range", "32768\t60999");
  sysctl.set("net/netfilter/nf_conntrack_max", "28332");
  sysctl.set("net/netfilter/nf_conntrack_count", "100");
  CHECK(find_problems({.connections = 28'232}, 28'296, sysctl.name()).empty());
}

TEST_CASE("Preflight: too few descriptors are fatal, and prlimit mends it") {
  const SysctlFolder sysctl;
  sysctl.set("fs/nr_open", "1000064");

  const auto problems = find_problems({.connections = 1'000'000}, 1'000'063, sysctl.name());

  REQUIRE(problems.size() == 1);
  CHECK(problems[0].is_fatal);
  CHECK(problems[0].what ==
        "1000000 connections need 1000064 file descriptors, but the hard limit is 1000063");
  CHECK(problems[0].command == "prlimit --pid $$ --nofile=1000064:1000064");
}

TEST_CASE("Preflight: descriptors above fs.nr_open need that raised first") {
  const SysctlFolder sysctl;
  sysctl.set("fs/nr_open", "1048576");

  const auto problems = find_problems({.connections = 2'000'000}, 20'000, sysctl.name());

  REQUIRE(problems.size() == 1);
  CHECK_THAT(problems[0].what, Contains("fs.nr_open, 1048576"));
  CHECK(problems[0].command ==
        "sysctl -w fs.nr_open=2000064 && prlimit --pid $$ --nofile=2000064:2000064");
}

TEST_CASE("Preflight: the machine's open files count those there are, and a server's on it") {
  const SysctlFolder sysctl;
  sysctl.set("fs/file-max", "20000");
  sysctl.set("fs/file-nr", "900 0 20000");

  const Need remote{.connections = 19'037};
  const auto problems = find_problems(remote, kNoLimit, sysctl.name());
  REQUIRE(problems.size() == 1);
  CHECK_FALSE(problems[0].is_fatal);
  CHECK(problems[0].command == "sysctl -w fs.file-max=20001");
  CHECK(find_problems({.connections = 19'036}, kNoLimit, sysctl.name()).empty());

  const Need here{.connections = 10'000, .is_unix = true};
  CHECK(find_problems(here, kNoLimit, sysctl.name()).at(0).command ==
        "sysctl -w fs.file-max=20964");
}

TEST_CASE("Preflight: more ports mend too few, if they suffice") {
  const SysctlFolder sysctl;
  sysctl.set("net/ipv4/ip_local_port_range", "32768 60999");

  CHECK(find_problems({.connections = 28'232}, kNoLimit, sysctl.name()).empty());
  const auto problems = find_problems({.connections = 28'233}, kNoLimit, sysctl.name());

  REQUIRE(problems.size() == 1);
  CHECK(problems[0].is_fatal);
  CHECK_THAT(problems[0].what, Contains("28233 connections need 2 local addresses with 28232 "));
  CHECK_THAT(problems[0].what, Contains("there is 1"));
  CHECK(problems[0].command == "sysctl -w net.ipv4.ip_local_port_range=\"1024 65535\"");
  const Need most{.connections = 64'512 * 2, .local_addresses = 2};
  CHECK_THAT(find_problems(most, kNoLimit, sysctl.name()).at(0).command, Contains("1024 65535"));
}

TEST_CASE("Preflight: else more local addresses do") {
  const SysctlFolder sysctl;
  sysctl.set("net/ipv4/ip_local_port_range", "1 1000");

  const Need far{.connections = 300'001, .local_addresses = 4};
  const auto problems = find_problems(far, kNoLimit, sysctl.name());
  REQUIRE(problems.size() == 1);
  CHECK_THAT(problems[0].what, Contains("need 301 local addresses") && Contains("there are 4"));
  CHECK(problems[0].command == "--local-addr with 301 addresses");

  const Need near{.connections = 300'001, .is_loopback = true};
  CHECK(find_problems(near, kNoLimit, sysctl.name()).at(0).command ==
        "--local-addr 127.0.0.1-127.0.1.45");
  const Need enough{.connections = 300'001, .local_addresses = 301};
  CHECK(find_problems(enough, kNoLimit, sysctl.name()).empty());
}

TEST_CASE("Preflight: without local addresses the system chooses one") {
  const SysctlFolder sysctl;
  sysctl.set("net/ipv4/ip_local_port_range", "1000 1999");

  CHECK(
      find_problems({.connections = 1'000, .local_addresses = 0}, kNoLimit, sysctl.name()).empty());
  CHECK(
      find_problems({.connections = 1'001, .local_addresses = 0}, kNoLimit, sysctl.name()).size() ==
      1);
}

TEST_CASE("Preflight: a firewall that tracks too few is a warning") {
  const SysctlFolder sysctl;
  sysctl.set("net/netfilter/nf_conntrack_max", "65536");
  sysctl.set("net/netfilter/nf_conntrack_count", "537");

  const auto problems = find_problems({.connections = 65'000}, kNoLimit, sysctl.name());

  REQUIRE(problems.size() == 1);
  CHECK_FALSE(problems[0].is_fatal);
  CHECK_THAT(problems[0].what, Contains("nf_conntrack_max is 65536"));
  CHECK(problems[0].command == "sysctl -w net.netfilter.nf_conntrack_max=65537");
}

TEST_CASE("Preflight: a unix socket needs neither ports nor tracking") {
  const SysctlFolder sysctl;
  sysctl.set("net/ipv4/ip_local_port_range", "1000 1001");
  sysctl.set("net/netfilter/nf_conntrack_max", "1");

  CHECK(find_problems({.connections = 100, .is_unix = true}, kNoLimit, sysctl.name()).empty());
}

TEST_CASE("Preflight: all problems are told at once") {
  const SysctlFolder sysctl;
  sysctl.set("fs/nr_open", "10");
  sysctl.set("fs/file-max", "10");
  sysctl.set("net/ipv4/ip_local_port_range", "1000 1001");
  sysctl.set("net/netfilter/nf_conntrack_max", "1");

  CHECK(find_problems({.connections = 100}, 10, sysctl.name()).size() == 4);
}

TEST_CASE("Preflight: a setting that is malformed limits nothing") {
  const SysctlFolder sysctl;
  const auto text = GENERATE(as<std::string>{}, "", "x", "1000", "60999 32768", "2 1");
  sysctl.set("net/ipv4/ip_local_port_range", text);
  sysctl.set("fs/file-max", "");

  CHECK(find_problems({.connections = 100'000}, kNoLimit, sysctl.name()).empty());
}

TEST_CASE("Preflight: the soft limit rises as far as needed, and never sinks") {
  const int status = status_in_child([] {
    const rlimit low{50, 200};
    setrlimit(RLIMIT_NOFILE, &low);
    if (raise_descriptor_limit(10) != 50) return 1;
    if (raise_descriptor_limit(150) != 150) return 2;
    rlimit now{};
    getrlimit(RLIMIT_NOFILE, &now);
    return now.rlim_cur == 150 && now.rlim_max == 200 ? 0 : 3;
  });

  CHECK(status == 0);
}

TEST_CASE("Preflight: who may not raise the hard limit gets all of it") {
  const int status = status_in_child([] {
    const rlimit low{50, 200};
    setrlimit(RLIMIT_NOFILE, &low);
    if (geteuid() == 0 && setuid(65'534) != 0) return 1;
    if (raise_descriptor_limit(300) != 200) return 2;
    const auto problems = prepare_machine({.connections = 1'000, .is_unix = true}, "/nowhere");
    return problems.size() == 1 && problems[0].is_fatal ? 0 : 3;
  });

  CHECK(status == 0);
}

TEST_CASE("Preflight: the kernel's own bound leaves the hard limit") {
  rlimit before{};
  getrlimit(RLIMIT_NOFILE, &before);

  const int status = status_in_child(
      [&] { return raise_descriptor_limit(std::size_t{1} << 40U) == before.rlim_max ? 0 : 1; });

  CHECK(status == 0);
}

TEST_CASE("Preflight: few connections fit on this machine") {
  for (const Problem& problem : prepare_machine({.connections = 1})) CHECK_FALSE(problem.is_fatal);
}
