// The part of Conversation that sends.

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include <fmt/format.h>
#include <wskit/error.h>

#include "common/printable.h"
#include "conversation.h"

namespace {

/// Above this no more input is read until the server has taken what is queued.
constexpr std::size_t kMaxQueuedBytes = 1024 * 1024;

constexpr std::size_t kMaxLineBytes = 64 * 1024 * 1024;

int open_input(const std::string& file) {
  const bool is_standard = file.empty() || file == "-";
  const std::string name = is_standard ? "standard input" : file;
  const int descriptor = is_standard ? STDIN_FILENO : ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
  struct stat status = {};
  if (descriptor < 0 || fstat(descriptor, &status) != 0) {
    throw wskit::Error(fmt::format("{}: {}", name, std::strerror(errno)));
  }
  if (S_ISDIR(status.st_mode)) throw wskit::Error(name + " is a directory");
  return descriptor;
}

}  // namespace

void Conversation::begin_input() {
  if (options_.is_interactive) {
    begin_editing();
  } else if (!options_.replay_file.empty()) {
    replay_ = std::make_unique<Replay>(loop_, options_.replay_file, options_.replay_speed);
  } else if (options_.input.execute.empty()) {
    input_ = std::make_unique<LineInput>(loop_, open_input(options_.input.file),
                                         [this](std::string piece) { on_input(std::move(piece)); });
  } else {
    is_input_ended_ = true;
  }
}

void Conversation::on_input(std::string piece) {
  if (piece.empty()) {
    outbox_.end_input();
    is_input_ended_ = true;
  } else {
    outbox_.feed(piece);
  }
  send_waiting();
}

void Conversation::send_waiting() {
  // A command in between may end the connection.
  const auto may_send = [this] {
    return !exit_code_ && !is_closing_ && client_.is_open() && !sleep_timer_.is_running() &&
           client_.queued_bytes() <= kMaxQueuedBytes && !is_output_full_;
  };
  while (may_send()) {
    auto message = outbox_.next();
    if (!message) return after_waiting();
    const bool is_command = options_.obeys_input && !message->is_typed && obey(*message);
    if (!is_command && !send(*std::move(message))) return;
  }
}

bool Conversation::obey(Outgoing& message) {
  if (is_slash_command(message.payload)) {
    run_slash_command(message.payload, commands_);
    return true;
  }
  if (message.payload.starts_with("//")) message.payload.erase(0, 1);
  return false;
}

bool Conversation::send(Outgoing message) {
  if (message.opcode == wskit::Opcode::text && !is_valid_utf8(message.payload)) {
    finish(kExitOther, fmt::format("line {} of the input is not UTF-8", outbox_.line_count()));
    return false;
  }
  if (client_.send({message.opcode, message.payload}) == wskit::SendResult::refused) {
    const std::string problem = "not sent: /half-close has ended our direction";
    if (options_.is_interactive) {
      screen_.status(problem);
    } else {
      finish(kExitOther, fmt::format("line {}: {}", outbox_.line_count(), problem));
    }
    return false;
  }
  RunSummary& summary = tracer_.summary();
  ++summary.sent_count;
  summary.sent_bytes += message.payload.size();
  note(Direction::out, kind_of(message.opcode), message.payload, 0, message.is_typed);
  return true;
}

void Conversation::after_waiting() {
  const EndOptions& end = options_.end;
  if (outbox_.unfinished_bytes() > kMaxLineBytes) {
    return finish(kExitOther,
                  fmt::format("line {} of the input is over 64 MiB", outbox_.line_count() + 1));
  }
  if (!is_input_ended_) {
    if (input_) input_->resume();
    return;
  }
  if (client_.queued_bytes() > 0) return;
  if (end.wait) {
    const bool is_due = *end.wait != std::chrono::milliseconds::max();
    if (is_due && !wait_timer_.is_running()) wait_timer_.start(*end.wait, [this] { close(); });
  } else if (end.eof_wait) {
    wait_for_replies();
  }
}
