#include <clocale>
#include <cstdio>
#include <cstdlib>

#include <fmt/format.h>
#include <wskit/error.h>
#include <wskit/loop.h>

#include "common/printable.h"
#include "common/standard_files.h"
#include "conversation.h"
#include "exit_code.h"
#include "options.h"
#include "secret_options.h"

namespace {

/// Characters of several bytes and columns can be edited in a UTF-8 locale only.
void choose_locale() {
  std::setlocale(LC_CTYPE, "");
  if (MB_CUR_MAX == 1) std::setlocale(LC_CTYPE, "C.UTF-8");
}

int converse(const Options& options) {
  wskit::Loop loop;
  Conversation conversation{loop, options};
  const int code = conversation.run();
  if (!conversation.can_unwind()) {
    std::fflush(nullptr);
    std::_Exit(code);
  }
  return code;
}

}  // namespace

int main(int argc, char** argv) {
  open_standard_files();
  choose_locale();
  const ParsedOptions parsed = parse_options(argc, argv);
  hide_secret_arguments(argc, argv, secret_options());
  if (!parsed.options) return parsed.exit_code;
  try {
    return converse(*parsed.options);
  } catch (const wskit::Error& error) {
    std::fputs(fmt::format("wsc: {}\n", printable_line(error.what())).c_str(), stderr);
    return kExitUsage;
  }
}
