#include <cstdio>

#include <fmt/format.h>
#include <wskit/error.h>

#include "bench.h"
#include "common/printable.h"
#include "common/standard_files.h"
#include "exit_code.h"
#include "options.h"
#include "report_output.h"
#include "secret_options.h"

namespace {

int fail(const wskit::Error& error, int code) {
  std::fputs(fmt::format("wsbench: {}\n", printable_line(error.what())).c_str(), stderr);
  return code;
}

}  // namespace

int main(int argc, char** argv) {
  open_standard_files();
  const ParsedOptions parsed = parse_options(argc, argv);
  hide_secret_arguments(argc, argv, secret_options());
  if (!parsed.options) return parsed.exit_code;
  try {
    return run_bench(*parsed.options);
  } catch (const OutputError& error) {
    return fail(error, kExitError);
  } catch (const wskit::Error& error) {
    return fail(error, kExitUsage);
  }
}
