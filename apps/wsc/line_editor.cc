#include "line_editor.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <cwchar>
#include <string_view>
#include <utility>

#include <editline/readline.h>
#include <fmt/format.h>

#include "common/printable.h"

namespace {

constexpr std::size_t kMaxQueuedBytes = 4 * 1024 * 1024;
constexpr std::chrono::milliseconds kStopTimeout{300};
constexpr int kHistoryLines = 1000;
constexpr std::string_view kPrompt = "> ";

/// A terminal with fewer rows has better use for them.
constexpr int kMinRowsForStatus = 5;

// libedit's callbacks carry no argument of ours.
std::function<void(char*)> typed;
const std::vector<std::string>* completed_commands = nullptr;

char* next_command(const char* text, int state) {
  static std::size_t next = 0;
  if (state == 0) next = 0;
  while (next < completed_commands->size()) {
    const std::string& command = (*completed_commands)[next++];
    if (command.starts_with(text)) return strdup(command.c_str());
  }
  return nullptr;
}

/// Commands as the first word, which has a slash; file names elsewhere, which is libedit's own.
char** complete(const char* text, int start, int) {
  const bool is_command = start == 0 && text[0] == '/';
  rl_attempted_completion_over = start == 0;
  return is_command ? rl_completion_matches(text, next_command) : nullptr;
}

struct ScreenSize {
  int rows = 0;
  int columns = 0;
};

ScreenSize screen_size() {
  ScreenSize size;
  rl_get_screen_size(&size.rows, &size.columns);
  return size;
}

/// In which row of the screen, counted from the prompt's, the cursor is: a long line wraps.
int cursor_row() {
  const int columns = screen_size().columns;
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

LineEditor::LineEditor(wskit::Loop& loop, LineEditorOptions options,
                       std::function<void(std::string)> on_line, std::function<void()> on_end)
    : loop_{loop},
      options_{std::move(options)},
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
  for (const std::string& line : options_.history) add_history(line.c_str());
  completed_commands = &options_.commands;
  rl_attempted_completion_function = complete;
  keep_status_row();
  install_handler();
  while (!is_ended_) {
    pollfd watched[] = {{STDIN_FILENO, POLLIN, 0}, {wake_fd_, POLLIN, 0}};
    if (poll(watched, 2, -1) < 0) continue;
    take_events(watched[0].revents);
  }
  std::fputs(erase_typed_line().c_str(), stdout);
  give_up_status_row();
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
    rl_callback_read_char();
    return draw_status();
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
  std::string inserted;
  bool redraws = false;
  {
    const std::lock_guard lock{mutex_};
    text.swap(queued_);
    redraws = std::exchange(must_redraw_, false);
    inserted.swap(inserted_);
    shown_status_ = status_;
    is_ended_ = is_stopping_;
    const auto dropped = std::exchange(dropped_count_, 0);
    if (dropped > 0) text += fmt::format("* {} messages were not shown\n", dropped);
  }
  if (!inserted.empty()) rl_insert_text(inserted.c_str());
  if (text.empty() && inserted.empty() && !redraws) return draw_status();
  if (redraws) {
    // After a stop the shell's settings are there; libedit believes that its own are.
    rl_deprep_terminal();
    rl_prep_terminal(1);
    rl_resize_terminal();
    keep_status_row();
  }
  fmt::print(stdout, "{}{}", erase_typed_line(), text);
  std::fflush(stdout);
  rl_on_new_line();
  rl_forced_update_display();
  draw_status();
}

void LineEditor::keep_status_row() {
  const int rows = screen_size().rows;
  if (!options_.has_status_line) return;
  if (rows < kMinRowsForStatus) {
    if (std::exchange(status_row_, 0) != 0) std::fputs("\0337\033[r\0338", stdout);
    return;
  }
  // The cursor may be in the last row: from the beginning, or when the terminal has shrunk.
  if (status_row_ != rows) std::fputs("\0337\033[r\0338\n\033[A", stdout);
  status_row_ = rows;
  // Only what is above scrolls. Setting that moves the cursor, so it is saved and restored.
  fmt::print(stdout, "\0337\033[1;{}r\0338", rows - 1);
  draw_status();
}

void LineEditor::draw_status() {
  if (status_row_ == 0) return;
  const std::string text =
      fit_columns(shown_status_, static_cast<std::size_t>(std::max(1, screen_size().columns - 1)));
  fmt::print(stdout, "\0337\033[{};1H\033[2K{}{}{}\0338", status_row_,
             options_.has_color ? "\033[7m" : "", text, options_.has_color ? "\033[0m" : "");
  std::fflush(stdout);
}

void LineEditor::give_up_status_row() {
  if (status_row_ == 0) return;
  fmt::print(stdout, "\0337\033[r\033[{};1H\033[2K\0338", status_row_);
  status_row_ = 0;
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

void LineEditor::show_status(std::string text) {
  {
    const std::lock_guard lock{mutex_};
    if (status_ == text) return;
    status_ = std::move(text);
  }
  wake();
}

void LineEditor::insert(std::string text) {
  {
    const std::lock_guard lock{mutex_};
    inserted_ = std::move(text);
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
  constexpr std::string_view kWholeScreenScrolls = "\0337\033[r\0338\r\n";
  (void)!write(STDOUT_FILENO, kWholeScreenScrolls.data(), kWholeScreenScrolls.size());
  return false;
}

void LineEditor::wake() {
  const std::uint64_t one = 1;
  (void)!write(wake_fd_, &one, sizeof one);
}
