#include "conversation.h"

#include <signal.h>
#include <unistd.h>

#include <cstdio>
#include <utility>

#include <fmt/format.h>

#include "common/printable.h"
#include "explanation.h"

namespace {

/// Above this no more input is read until the server has taken what is queued.
constexpr std::size_t kMaxQueuedBytes = 1024 * 1024;

constexpr std::size_t kMaxLineBytes = 64 * 1024 * 1024;

/// By nohup, or a shell's background: then it shall stay so.
bool is_ignored(int number) {
  struct sigaction current = {};
  return sigaction(number, nullptr, &current) == 0 && current.sa_handler == SIG_IGN;
}

}  // namespace

Conversation::Conversation(wskit::Loop& loop, const Options& options)
    : loop_{loop},
      options_{options},
      screen_{{.is_quiet = options.is_quiet, .has_color = options.has_color}},
      client_{loop, options.client, *this},
      eof_timer_{loop},
      max_timer_{loop},
      waiting_{options.execute.begin(), options.execute.end()} {}

int Conversation::run() {
  client_.start();
  watch_signals();
  if (options_.max_time.count() > 0) {
    max_timer_.start(options_.max_time, [this] {
      can_unwind_ = false;  // A name that is still being looked up cannot be hurried.
      finish(kExitTimeout, "the time given with --max-time is over");
    });
  }
  turn_end_ = loop_.on_turn_end([this] {
    // Whoever read our output has enough, which is not worth a word.
    if (!screen_.flush()) finish(kExitOther, {});
  });
  begin_input();
  loop_.run();
  screen_.use(nullptr);
  input_.reset();
  if (editor_ && !editor_->stop()) can_unwind_ = false;
  if (!screen_.flush() && *exit_code_ == kExitOk) exit_code_ = kExitOther;
  if (!problem_.empty()) fmt::print(stderr, "wsc: {}\n", problem_);
  return *exit_code_;
}

void Conversation::watch_signals() {
  for (const int number : {SIGINT, SIGTERM, SIGHUP}) {
    if (is_ignored(number)) continue;
    loop_.on_signal(number, [this, number] {
      can_unwind_ = false;
      finish(kExitSignal + number, {});
    });
  }
  for (const int number : {SIGWINCH, SIGCONT}) {
    loop_.on_signal(number, [this] {
      if (editor_) editor_->redraw();
    });
  }
}

void Conversation::begin_input() {
  if (options_.is_interactive) {
    editor_ = std::make_unique<LineEditor>(
        loop_, [this](std::string line) { on_typed_line(std::move(line)); }, [this] { close(); });
    screen_.use(editor_.get());
  } else if (options_.execute.empty()) {
    input_ = std::make_unique<LineInput>(loop_, STDIN_FILENO,
                                         [this](std::string piece) { on_input(std::move(piece)); });
  } else {
    is_input_ended_ = true;
  }
}

void Conversation::on_typed_line(std::string line) {
  if (line.empty()) return;
  if (!is_valid_utf8(line)) return screen_.status("not sent: this line is not UTF-8");
  waiting_.push_back(std::move(line));
  if (!client_.is_open() && !std::exchange(has_told_waiting_, true)) {
    screen_.status("not connected; what you type is kept, and sent once connected");
  }
  send_waiting();
}

void Conversation::on_input(std::string piece) {
  if (piece.empty()) {
    lines_.end();
    is_input_ended_ = true;
  } else {
    lines_.feed(piece);
  }
  send_waiting();
}

std::optional<std::string> Conversation::next_waiting() {
  if (!waiting_.empty()) {
    std::string message = std::move(waiting_.front());
    waiting_.pop_front();
    return message;
  }
  auto line = lines_.next();
  if (line) ++line_count_;
  return line;
}

void Conversation::send_waiting() {
  if (exit_code_ || is_closing_ || !client_.is_open()) return;
  while (client_.queued_bytes() <= kMaxQueuedBytes) {
    const auto message = next_waiting();
    if (!message) return after_waiting();
    if (!is_valid_utf8(*message)) {
      return finish(kExitOther, fmt::format("line {} of the input is not UTF-8", line_count_));
    }
    (void)client_.send({wskit::Opcode::text, *message});
  }
}

void Conversation::after_waiting() {
  if (lines_.size_bytes() > kMaxLineBytes) {
    return finish(kExitOther, fmt::format("line {} of the input is over 64 MiB", line_count_ + 1));
  }
  if (!is_input_ended_) {
    if (input_) input_->resume();
  } else if (options_.eof_wait && client_.queued_bytes() == 0) {
    eof_timer_.start(*options_.eof_wait, [this] { close(); });
  }
}

void Conversation::on_open(const wskit::HandshakeResponse& response) {
  if (options_.is_verbose) screen_.status(describe_answer(response));
  if (options_.is_interactive || options_.is_verbose || was_open_ || last_code_ != kExitOk) {
    screen_.status(response.subprotocol.empty() ? "connected"
                                                : "connected, " + response.subprotocol);
  }
  was_open_ = true;
  send_waiting();
}

void Conversation::on_message(wskit::MessageView message) {
  if (exit_code_ || is_closing_) return;
  screen_.show(message);
  if (eof_timer_.is_running()) eof_timer_.start(*options_.eof_wait, [this] { close(); });
  if (++received_count_ == options_.count) close();
}

void Conversation::close() {
  is_closing_ = true;
  client_.close();
}

void Conversation::on_close(const wskit::CloseStatus& status) {
  eof_timer_.stop();
  const Explanation explanation = explain(status);
  last_code_ = explanation.exit_code;
  last_problem_ = explanation.text;
}

void Conversation::on_connect_error(const wskit::ConnectError& error) {
  const Explanation explanation = explain(error);
  if (options_.is_verbose && error.response.status != 0) {
    screen_.status(describe_answer(error.response));
  }
  last_code_ = explanation.exit_code;
  last_problem_ = explanation.text;
}

void Conversation::on_retry(std::chrono::milliseconds delay) {
  const double seconds = std::chrono::duration<double>{delay}.count();
  screen_.status(fmt::format("{}, next attempt in {:.1f} s", last_problem_, seconds));
}

// Once closed by us, how the server takes it changes nothing.
void Conversation::on_stopped() {
  if (is_closing_) return finish(kExitOk, {});
  if (last_code_ == kExitTimeout) can_unwind_ = false;
  if (last_code_ == kExitOk) {
    screen_.status(last_problem_);
    return finish(kExitOk, {});
  }
  finish(last_code_, last_problem_);
}

void Conversation::finish(int code, std::string problem) {
  if (exit_code_) return;
  exit_code_ = code;
  problem_ = std::move(problem);
  client_.close({wskit::close_code::going_away, {}});  // Said if open, but not waited for.
  loop_.stop();
}
