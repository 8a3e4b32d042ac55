#include "preflight.h"

#include <sys/resource.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <fstream>
#include <optional>

#include <fmt/format.h>

namespace {

/// Standard streams, loops, timers, reports, and what else a run opens once.
constexpr std::size_t kOtherDescriptors = 64;

/// Of the widest net.ipv4.ip_local_port_range that spares the well-known ports.
constexpr std::size_t kMostPorts = 65'535 - 1'024 + 1;

constexpr std::size_t divide_up(std::size_t number, std::size_t by) {
  return number / by + (number % by == 0 ? 0 : 1);
}

/// The kernel's settings, each a file of numbers.
class Sysctl {
 public:
  explicit Sysctl(const std::string& folder) : folder_{folder} {}

  /// Empty if the file is missing or holds fewer numbers.
  template <std::size_t kCount = 1>
  std::optional<std::array<std::size_t, kCount>> read(const char* name) const {
    std::ifstream file(folder_ + "/" + name);
    std::array<std::size_t, kCount> values{};
    for (std::size_t& value : values) {
      if (!(file >> value)) return std::nullopt;
    }
    return values;
  }

 private:
  std::string folder_;
};

void check_descriptors(const Need& need, std::size_t limit, const Sysctl& sysctl,
                       std::vector<Problem>& problems) {
  const std::size_t wanted = descriptors_for(need);
  if (limit >= wanted) return;
  const auto most = sysctl.read("fs/nr_open");
  const bool is_above_most = most && (*most)[0] < wanted;
  std::string what =
      fmt::format("{} connections need {} file descriptors, but the hard limit is {}",
                  need.connections, wanted, limit);
  if (is_above_most) what += fmt::format(", and it cannot be more than fs.nr_open, {}", (*most)[0]);
  problems.push_back({.is_fatal = true,
                      .what = std::move(what),
                      .command = fmt::format(
                          "{}prlimit --pid $$ --nofile={}:{}",
                          is_above_most ? fmt::format("sysctl -w fs.nr_open={} && ", wanted) : "",
                          wanted, wanted)});
}

/// Not fatal: who may administer the system is not held to it.
void check_open_files(const Need& need, const Sysctl& sysctl, std::vector<Problem>& problems) {
  const auto most = sysctl.read("fs/file-max");
  if (!most) return;
  const auto open = sysctl.read("fs/file-nr");
  const std::size_t servers = need.is_unix || need.is_loopback ? need.connections : 0;
  const std::size_t wanted = (open ? (*open)[0] : 0) + descriptors_for(need) + servers;
  if ((*most)[0] >= wanted) return;
  problems.push_back(
      {.is_fatal = false,
       .what =
           fmt::format("with {} connections the machine has {} open files, but fs.file-max is {}",
                       need.connections, wanted, (*most)[0]),
       .command = fmt::format("sysctl -w fs.file-max={}", wanted)});
}

/// The last of so many, from 127.0.0.1 on.
std::string loopback_address(std::size_t number) {
  return fmt::format("127.{}.{}.{}", number >> 16U & 255U, number >> 8U & 255U, number & 255U);
}

void check_ports(const Need& need, const Sysctl& sysctl, std::vector<Problem>& problems) {
  const auto range = sysctl.read<2>("net/ipv4/ip_local_port_range");
  if (!range || (*range)[1] < (*range)[0]) return;
  const std::size_t ports = (*range)[1] - (*range)[0] + 1;
  const std::size_t addresses = std::max<std::size_t>(1, need.local_addresses);
  const std::size_t wanted = divide_up(need.connections, ports);
  if (wanted <= addresses) return;
  const bool is_wide_enough = divide_up(need.connections, kMostPorts) <= addresses;
  std::string command = fmt::format("--local-addr with {} addresses", wanted);
  if (is_wide_enough) command = "sysctl -w net.ipv4.ip_local_port_range=\"1024 65535\"";
  if (need.is_loopback) {
    command = fmt::format("--local-addr 127.0.0.1-{}", loopback_address(wanted));
  }
  problems.push_back(
      {.is_fatal = true,
       .what =
           fmt::format("{} connections need {} local addresses with {} ports each "
                       "(net.ipv4.ip_local_port_range), but there {} {}",
                       need.connections, wanted, ports, addresses == 1 ? "is" : "are", addresses),
       .command = std::move(command)});
}

/// Not fatal: there may be rules by which these connections are not tracked.
void check_tracking(const Need& need, const Sysctl& sysctl, std::vector<Problem>& problems) {
  const auto most = sysctl.read("net/netfilter/nf_conntrack_max");
  if (!most) return;
  const auto tracked = sysctl.read("net/netfilter/nf_conntrack_count");
  const std::size_t wanted = (tracked ? (*tracked)[0] : 0) + need.connections;
  if ((*most)[0] >= wanted) return;
  problems.push_back(
      {.is_fatal = false,
       .what = fmt::format("with {} connections the firewall tracks {}, but "
                           "net.netfilter.nf_conntrack_max is {}",
                           need.connections, wanted, (*most)[0]),
       .command = fmt::format("sysctl -w net.netfilter.nf_conntrack_max={}", wanted)});
}

}  // namespace

std::size_t descriptors_for(const Need& need) {
  return need.connections + kOtherDescriptors;
}

std::size_t raise_descriptor_limit(std::size_t wanted) {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  if (limit.rlim_cur >= wanted) return limit.rlim_cur;
  const rlimit raised{wanted, std::max<rlim_t>(wanted, limit.rlim_max)};
  if (setrlimit(RLIMIT_NOFILE, &raised) == 0) return wanted;
  limit.rlim_cur = std::min<rlim_t>(wanted, limit.rlim_max);
  setrlimit(RLIMIT_NOFILE, &limit);
  getrlimit(RLIMIT_NOFILE, &limit);
  return limit.rlim_cur;
}

std::vector<Problem> find_problems(const Need& need, std::size_t descriptor_limit,
                                   const std::string& sysctl_folder) {
  const Sysctl sysctl{sysctl_folder};
  std::vector<Problem> problems;
  check_descriptors(need, descriptor_limit, sysctl, problems);
  check_open_files(need, sysctl, problems);
  if (need.is_unix) return problems;
  check_ports(need, sysctl, problems);
  check_tracking(need, sysctl, problems);
  return problems;
}

std::vector<Problem> prepare_machine(const Need& need, const std::string& sysctl_folder) {
  return find_problems(need, raise_descriptor_limit(descriptors_for(need)), sysctl_folder);
}
