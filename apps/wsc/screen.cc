#include "screen.h"

#include <unistd.h>

#include <cstdio>

#include <fmt/format.h>

#include "common/printable.h"

namespace {

constexpr std::size_t kPreviewBytes = 64;

}  // namespace

void Screen::show(wskit::MessageView message) {
  if (editor_ != nullptr) return show_on_terminal(message);
  std::fwrite(message.payload.data(), 1, message.payload.size(), stdout);
  if (message.opcode == wskit::Opcode::text) std::fputc('\n', stdout);
}

void Screen::show_on_terminal(wskit::MessageView message) {
  if (message.opcode == wskit::Opcode::text) {
    return editor_->print("< " + printable(message.payload) + "\n");
  }
  editor_->print(fmt::format("< {} bytes: {}\n", message.payload.size(),
                             hex_preview(message.payload, kPreviewBytes)));
}

void Screen::status(std::string_view text) {
  if (style_.is_quiet) return;
  const std::string line = fmt::format("{}* {}{}\n", style_.has_color ? "\033[2m" : "",
                                       printable(text), style_.has_color ? "\033[0m" : "");
  if (editor_ != nullptr && isatty(STDERR_FILENO) != 0) return editor_->print(line);
  std::fputs(line.c_str(), stderr);
}

bool Screen::flush() {
  return std::fflush(stdout) == 0 && std::ferror(stdout) == 0;
}
