#include <algorithm>
#include <cstdio>
#include <iostream>
#include <utility>

#include <wskit/error.h>

#include "common/standard_files.h"
#include "wsd/command_run.h"
#include "wsd/daemon.h"
#include "wsd/options.h"

int main(int argc, char** argv) {
  open_standard_files();
  if (const auto code = run_command({argv + std::min(argc, 1), argv + argc})) return *code;
  WsdCommand command;
  try {
    command = read_command(argc, argv);
    if (command.exit_code) return *command.exit_code;
    validate(command.options);
  } catch (const wskit::Error& error) {
    std::cerr << "wsd: " << error.what() << '\n';
    return 2;
  }
  if (command.only_checks) {
    std::cout << "The configuration is valid.\n";
    return 0;
  }
  try {
    Configuration configuration{std::move(command),
                                [argc, argv] { return read_command(argc, argv); }};
    run_daemon(configuration);
  } catch (const wskit::Error& error) {
    std::cerr << "wsd: " << error.what() << '\n';
    return 1;
  }
  return 0;
}
