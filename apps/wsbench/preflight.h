#pragma once

#include <cstddef>
#include <string>
#include <vector>

/// What a run asks of this machine.
struct Need {
  std::size_t connections = 0;
  std::size_t local_addresses = 1;  ///< 0 counts as 1, which the system chooses
  bool is_unix = false;             ///< the target is a unix socket: no ports, no tracking
  bool is_loopback = false;         ///< the target is on 127.0.0.0/8
};

/// What keeps a run from having its connections.
struct Problem {
  bool is_fatal = false;  ///< they cannot all open; else some may fail
  std::string what;
  std::string command;  ///< to be run as root in the shell that starts wsbench; or an option
};

/// Descriptors for the connections, and for all else that a run opens.
std::size_t descriptors_for(const Need& need);

/// Raises the limit of this process's descriptors to `wanted`, or as far as is permitted. Returns
/// what it is now.
std::size_t raise_descriptor_limit(std::size_t wanted);

/// What the limit on descriptors and the kernel's settings in `sysctl_folder` are too low for. A
/// setting that is missing there limits nothing.
std::vector<Problem> find_problems(const Need& need, std::size_t descriptor_limit,
                                   const std::string& sysctl_folder = "/proc/sys");

/// Both, before a run.
std::vector<Problem> prepare_machine(const Need& need,
                                     const std::string& sysctl_folder = "/proc/sys");
