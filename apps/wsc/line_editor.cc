#include "line_editor.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cwchar>
#include <string_view>
#include <utility>

#include <editline/readline.h>
#include <fmt/format.h>

namespace {

constexpr std::size_t kMaxQueuedBytes = 4 * 1024 * 1024;
constexpr std::chrono::milliseconds kStopTimeout{300};
constexpr int kHistoryLines = 1000;
constexpr std::string_view kPrompt = "> ";

// libedit's callback carries no argument of ours.
std::function<void(char*)> typed;

/// In which row of the screen, counted from the prompt's, the cursor is: a long line wraps.
int cursor_row() {
  int rows = 0;
  int columns = 0;
  rl_get_screen_size(&rows, &columns);
  std::string_view before{rl_line_buffer, static_cast<std::size_t>(rl_point)};
  std::mbstate_t state = {};
  int row = 0;
  int column = static_cast<int>(kPrompt.size());
  while (!before.empty() && columns > 0) {
    wchar_t character = 0;
    const std::size_t size = std::mbrtowc(&character, before.data(), before.size(), &state);
    if (size == 0 || size > before.size()) break;
    before.remove_prefix(size);
    const int width = std::max(0, wcwidth(character));
    if (column + width > columns) {
      ++row;
      column = 0;
    }
    column += width;
  }
  return column == columns ? row + 1 : row;
}

/// Moves to where the prompt begins, and clears what follows.
std::string erase_typed_line() {
  const int row = cursor_row();
  return row > 0 ? fmt::format("\033[{}A\r\033[J", row) : "\r\033[J";
}

}  // namespace

LineEditor::LineEditor(wskit::Loop& loop, std::function<void(std::string)> on_line,
                       std::function<void()> on_end)
    : loop_{loop},
      on_line_{std::move(on_line)},
      on_end_{std::move(on_end)},
      wake_fd_{eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)} {
  tcgetattr(STDIN_FILENO, &original_);
  typed = [this](char* text) { on_typed(text); };
  thread_ = std::thread{[this] { run(); }};
}

LineEditor::~LineEditor() {
  if (stop()) ::close(wake_fd_);
}

void LineEditor::run() {
  rl_readline_name = "wsc";
  rl_catch_signals = 0;  // The loop watches them.
  rl_initialize();
  using_history();
  stifle_history(kHistoryLines);
  install_handler();
  while (!is_ended_) {
    pollfd watched[] = {{STDIN_FILENO, POLLIN, 0}, {wake_fd_, POLLIN, 0}};
    if (poll(watched, 2, -1) < 0) continue;
    take_events(watched[0].revents);
  }
  std::fputs(erase_typed_line().c_str(), stdout);
  rl_callback_handler_remove();
  tcsetattr(STDIN_FILENO, TCSADRAIN, &original_);
  std::fflush(stdout);
  const std::lock_guard lock{mutex_};
  is_finished_ = true;
  finished_.notify_all();
}

void LineEditor::install_handler() {
  rl_callback_handler_install(kPrompt.data(), [](char* text) { typed(text); });
}

void LineEditor::take_events(int terminal_events) {
  print_queued();
  if (is_ended_ || terminal_events == 0) return;
  if ((terminal_events & POLLIN) != 0 && (terminal_events & POLLHUP) == 0) {
    return rl_callback_read_char();
  }
  // The terminal is gone, of which libedit says nothing.
  is_ended_ = true;
  loop_.post([this] { on_end_(); });
}

void LineEditor::on_typed(char* text) {
  if (text == nullptr) {
    std::fputs("\n", stdout);
    loop_.post([this] { on_end_(); });
  } else {
    std::string line{text};
    // As in shells: a line that begins with a space leaves no trace.
    if (!line.empty() && line.front() != ' ') add_history(text);
    std::free(text);
    loop_.post([this, line = std::move(line)]() mutable { on_line_(std::move(line)); });
  }
  // Without this libedit goes back to the terminal's cooked mode.
  install_handler();
}

void LineEditor::print_queued() {
  std::uint64_t ignored = 0;
  (void)!read(wake_fd_, &ignored, sizeof ignored);
  std::string text;
  bool redraws = false;
  {
    const std::lock_guard lock{mutex_};
    text.swap(queued_);
    redraws = std::exchange(must_redraw_, false);
    is_ended_ = is_stopping_;
    const auto dropped = std::exchange(dropped_count_, 0);
    if (dropped > 0) text += fmt::format("* {} messages were not shown\n", dropped);
  }
  if (text.empty() && !redraws) return;
  if (redraws) {
    rl_prep_terminal(1);
    rl_resize_terminal();
  }
  fmt::print(stdout, "{}{}", erase_typed_line(), text);
  std::fflush(stdout);
  rl_on_new_line();
  rl_forced_update_display();
}

void LineEditor::print(std::string text) {
  {
    const std::lock_guard lock{mutex_};
    if (queued_.size() > kMaxQueuedBytes) {
      ++dropped_count_;
    } else {
      queued_ += text;
    }
  }
  wake();
}

void LineEditor::redraw() {
  {
    const std::lock_guard lock{mutex_};
    must_redraw_ = true;
  }
  wake();
}

bool LineEditor::stop() {
  if (!thread_.joinable()) return true;
  {
    const std::lock_guard lock{mutex_};
    is_stopping_ = true;
  }
  wake();
  std::unique_lock lock{mutex_};
  if (finished_.wait_for(lock, kStopTimeout, [this] { return is_finished_; })) {
    lock.unlock();
    thread_.join();
    return true;
  }
  tcsetattr(STDIN_FILENO, TCSANOW, &original_);
  (void)!write(STDOUT_FILENO, "\r\n", 2);
  return false;
}

void LineEditor::wake() {
  const std::uint64_t one = 1;
  (void)!write(wake_fd_, &one, sizeof one);
}
