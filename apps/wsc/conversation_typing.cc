// The part of Conversation that is about a terminal.

#include <utility>

#include "common/printable.h"
#include "conversation.h"

namespace {

/// Of the status line, which counts seconds.
constexpr std::chrono::milliseconds kStatusInterval{1000};

}  // namespace

void Conversation::begin_editing() {
  LineEditorOptions options{.history = history_.load(),
                            .commands = {},
                            .has_status_line = options_.has_status_line,
                            .has_color = options_.screen.has_color};
  if (options_.has_slash_commands) options.commands = slash_command_names();
  editor_ = std::make_unique<LineEditor>(
      loop_, std::move(options), [this](std::string line) { on_typed_line(std::move(line)); },
      [this] { close(); });
  screen_.use(editor_.get());
  status_timer_.start_repeating(kStatusInterval, [this] { update_status_line(); });
}

void Conversation::update_status_line() {
  if (!editor_) return;
  status_.add_waiting(client_.is_open() ? 0 : outbox_.size());
  editor_->show_status(status_.line(ConnectionStatus::Clock::now()));
}

void Conversation::on_typed_line(std::string line) {
  history_.append(line);
  // As in shells: a backslash at the end, and the next line belongs to this one.
  const auto last = line.find_last_not_of('\\');
  const std::size_t backslashes = line.size() - (last == std::string::npos ? 0 : last + 1);
  if (backslashes % 2 == 1) {
    line.back() = '\n';
    typed_ += line;
    return;
  }
  take_typed(std::exchange(typed_, {}) + line);
  update_status_line();
}

void Conversation::take_typed(std::string text) {
  if (text.empty()) return client_.connect_now();
  if (options_.has_slash_commands) {
    if (is_slash_command(text)) return run_slash_command(text, commands_);
    if (text.starts_with("//")) text.erase(0, 1);
  }
  if (!is_valid_utf8(text)) return screen_.status("not sent: this line is not UTF-8");
  if (!client_.is_open() && options_.input.offline == Offline::drop) {
    return screen_.status("not connected: not sent");
  }
  if (!client_.is_open() && options_.input.offline == Offline::block) {
    screen_.status("not connected: not sent, still there");
    return editor_->insert(std::move(text));
  }
  outbox_.push({wskit::Opcode::text, std::move(text), true});
  if (!client_.is_open() && !std::exchange(has_told_waiting_, true)) {
    screen_.status("not connected; what you type is kept, and sent once connected");
  }
  send_waiting();
}
