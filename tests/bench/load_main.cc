#include <sys/resource.h>

#include <cstdio>
#include <exception>
#include <stdexcept>

#include "modes.h"
#include "options.h"
#include "placement.h"
#include "report.h"

namespace {

void raise_descriptor_limit(int connections) {
  constexpr rlim_t kSpare = 64;
  rlimit files{};
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
  if (files.rlim_max < static_cast<rlim_t>(connections) + kSpare) {
    throw std::runtime_error("too few descriptors for --conns: raise `ulimit -Hn`");
  }
}

void measure(const bench::Options& options, bench::Report& report) {
  if (options.mode == "connect") return bench::run_connect(options, report);
  if (options.mode == "echo") return bench::run_echo(options, report);
  bench::run_fanout(options, report);
}

}  // namespace

int main(int argc, char** argv) try {
  const bench::Options options = bench::parse_options(argc, argv);
  if (options.wants_help) return std::fputs(bench::kUsage, stdout) < 0 ? 1 : 0;
  if (options.cpu >= 0) bench::pin_to_cpu(options.cpu);
  raise_descriptor_limit(options.connections);

  bench::Report report;
  report.add("mode", options.mode);
  report.add("conns", options.connections);
  const bool knows_cpu = options.server_cpu >= 0;
  if (knows_cpu) report.add("cross_core_ns", bench::cross_core_ns(options.server_cpu), 1);
  measure(options, report);
  if (knows_cpu) report.add("cross_core_after_ns", bench::cross_core_ns(options.server_cpu), 1);
  std::printf("%s\n", report.json().c_str());
  return 0;
} catch (const bench::UsageError& error) {
  std::fprintf(stderr, "load: %s\n%s", error.what(), bench::kUsage);
  return 2;
} catch (const std::exception& error) {
  std::fprintf(stderr, "load: %s\n", error.what());
  return 1;
}
