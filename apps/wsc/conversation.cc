#include "conversation.h"

#include <signal.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <utility>

#include <fmt/format.h>
#include <wskit/error.h>

namespace {

/// Above this nothing is read from the server until our reader has taken everything.
constexpr std::size_t kMaxOutputBytes = 1024 * 1024;

/// For the rest of the output when a signal or --max-time ends the run.
constexpr std::chrono::milliseconds kLastOutputTime{300};
constexpr std::chrono::milliseconds kForever{std::chrono::hours{24 * 365}};

/// By nohup, or a shell's background: then it shall stay so.
bool is_ignored(int number) {
  struct sigaction current = {};
  return sigaction(number, nullptr, &current) == 0 && current.sa_handler == SIG_IGN;
}

}  // namespace

Conversation::Conversation(wskit::Loop& loop, const Options& options)
    : loop_{loop},
      options_{options},
      writer_{loop, [this](int error) { on_broken_output(error); }},
      screen_{options.screen, writer_},
      tracer_{screen_, status_, options.verbosity, options.includes_headers,
              options.is_interactive},
      client_{loop, options.client, *this, &tracer_},
      commands_{.client = client_,
                .screen = screen_,
                .tracer = tracer_,
                .status = status_,
                .recorder = recorder_,
                .send =
                    [this](Outgoing message) {
                      outbox_.push(std::move(message));
                      send_waiting();
                    },
                .close = [this](const wskit::CloseStatus& status) { close(status); },
                .sleep =
                    [this](std::chrono::milliseconds time) {
                      sleep_timer_.start(time, [this] { send_waiting(); });
                    }},
      outbox_{options.input},
      history_{options.is_interactive ? options.history_file : std::string{}},
      expectations_{options.end.expectations},
      idle_timer_{loop},
      wait_timer_{loop},
      max_timer_{loop},
      status_timer_{loop},
      sleep_timer_{loop} {
  screen_.filter(options.filter);
  if (!options.record_file.empty()) recorder_.record_to(options.record_file);
}

int Conversation::run() {
  // Before anything is sent: a malformed format is told now.
  expand_write_out(options_.write_out, {});
  begin_input();
  client_.start();
  watch_signals();
  watch_time();
  turn_end_ = loop_.on_turn_end([this] { end_turn(); });
  loop_.run();
  turn_end_.reset();
  screen_.use(nullptr);
  if (editor_ && !editor_->stop()) can_unwind_ = false;
  end_output();
  return *exit_code_;
}

void Conversation::end_turn() {
  screen_.flush();
  bound_output();
  update_status_line();
  // Part of a message is news as much as a whole one.
  const std::size_t unfinished = client_.unfinished_bytes();
  const bool has_grown = unfinished > std::exchange(unfinished_bytes_, unfinished);
  const bool has_heard = std::exchange(has_heard_, false) || has_grown;
  if (has_heard && idle_timer_.is_running()) wait_for_replies();
}

void Conversation::wait_for_replies() {
  idle_timer_.start(*options_.end.eof_wait, [this] {
    // Nothing can come while nothing is read.
    if (is_output_full_) return wait_for_replies();
    close();
  });
}

void Conversation::bound_output() {
  if (is_output_full_ || writer_.queued_bytes() <= kMaxOutputBytes) return;
  is_output_full_ = true;
  client_.read(false);
  writer_.when_written([this] {
    is_output_full_ = false;
    client_.read(true);
    send_waiting();
  });
}

void Conversation::on_broken_output(int error) {
  // A reader who has enough is not worth a word.
  std::string problem;
  if (error != EPIPE) problem = fmt::format("standard output: {}", std::strerror(error));
  if (exit_code_ != kExitOk) return finish(kExitOther, std::move(problem));
  exit_code_ = kExitOther;
  if (!problem.empty()) screen_.problem(problem);
}

void Conversation::end_output() {
  print_summary();
  screen_.flush();
  if (!problem_.empty()) screen_.problem(problem_);
  if (!must_end_now_) {
    writer_.when_written([this] { loop_.stop(); });
    loop_.run();
  }
  if (!writer_.stop(must_end_now_ ? kLastOutputTime : kForever)) can_unwind_ = false;
}

void Conversation::watch_signals() {
  for (const int number : {SIGINT, SIGTERM, SIGHUP}) {
    if (is_ignored(number)) continue;
    loop_.on_signal(number, [this, number] { end_now(kExitSignal + number, {}); });
  }
  for (const int number : {SIGWINCH, SIGCONT}) {
    loop_.on_signal(number, [this] {
      if (editor_) editor_->redraw();
    });
  }
}

void Conversation::watch_time() {
  if (options_.end.max_time.count() == 0) return;
  max_timer_.start(options_.end.max_time, [this] {
    const std::string missing = unmet_expectation();
    end_now(kExitTimeout,
            "the time given with --max-time is over" + (missing.empty() ? "" : "; " + missing));
  });
}

void Conversation::on_open(const wskit::HandshakeResponse& response) {
  tracer_.summary().http_status = response.status;
  status_.begin_open(response.subprotocol);
  speaks_wskit_ = response.subprotocol == "wskit.v1.json";
  has_told_waiting_ = false;
  const bool is_news = was_open_ || last_.exit_code != kExitOk;
  if (options_.is_interactive || options_.verbosity > 0 || is_news) {
    screen_.status(response.subprotocol.empty() ? "connected"
                                                : "connected, " + response.subprotocol);
  }
  was_open_ = true;
  if (is_output_full_) client_.read(false);
  outbox_.begin_connection();
  if (replay_ && !is_input_ended_) {
    replay_->start(commands_.send, [this] {
      is_input_ended_ = true;
      send_waiting();
    });
  }
  send_waiting();
  update_status_line();
}

void Conversation::on_pong(std::chrono::microseconds round_trip) {
  status_.add_round_trip(round_trip);
  if (status_.take_pong_wish()) screen_.status("Pong after " + milliseconds_text(round_trip));
}

void Conversation::on_message(const wskit::MessageView& message) {
  if (exit_code_ || is_closing_) return;
  RunSummary& summary = tracer_.summary();
  if (!summary.first_message) summary.first_message = tracer_.passed();
  ++summary.received_count;
  summary.received_bytes += message.payload.size();
  if (options_.resumes) position_.take(message.payload);
  if (speaks_wskit_) {
    if (const auto delay = reconnect_hint(message.payload)) client_.reconnect_after(*delay);
  }
  note(Direction::in, kind_of(message.opcode), message.payload);
  has_heard_ = true;
  judge(message);
}

void Conversation::judge(const wskit::MessageView& message) {
  const EndOptions& end = options_.end;
  if (options_.compares_replay && !replay_->compare(message)) {
    return finish(kExitUnexpected, replay_->problem());
  }
  switch (expectations_.take(message.payload)) {
    case Expectations::Verdict::rejected:
      return finish(kExitUnexpected, expectations_.problem());
    case Expectations::Verdict::ended:
      return close();
    case Expectations::Verdict::met: {
      const bool has_other_end =
          end.count > 0 || end.wait || end.eof_wait || !end.expectations.until.empty();
      if (!has_other_end) return close();
      break;
    }
    case Expectations::Verdict::go_on:
      break;
  }
  if (tracer_.summary().received_count == end.count) close();
}

void Conversation::note(Direction direction, TranscriptEntry::Kind kind, std::string_view payload,
                        std::uint16_t close_code, bool is_on_screen) {
  const bool needs_time = recorder_.is_recording() || screen_.needs_time();
  const TranscriptEntry entry{.time = needs_time ? std::chrono::system_clock::now()
                                                 : std::chrono::system_clock::time_point{},
                              .direction = direction,
                              .kind = kind,
                              .payload = payload,
                              .close_code = close_code};
  try {
    recorder_.add(entry);
  } catch (const wskit::Error& error) {
    if (!options_.is_interactive) return finish(kExitOther, error.what());
    screen_.status(error.what());
  }
  if (!is_on_screen || screen_.options().format == Format::json) screen_.show(entry);
}

void Conversation::close(const wskit::CloseStatus& status) {
  if (std::exchange(is_closing_, true)) return;
  if (client_.is_open()) {
    note(Direction::out, TranscriptEntry::Kind::close, status.reason, status.code);
  }
  client_.close(status);
}

void Conversation::on_close(const wskit::CloseStatus& status) {
  if (exit_code_) return;
  idle_timer_.stop();
  if (replay_) replay_->pause();
  tracer_.summary().close_code = status.code;
  note(Direction::in, TranscriptEntry::Kind::close, status.reason, status.code);
  last_ = explain(status);
  // What was sent last may not have arrived.
  if (is_closing_ && last_.exit_code == kExitLost) screen_.status(last_.text);
}

void Conversation::on_connect_error(const wskit::ConnectError& error) {
  last_ = explain(error);
  tracer_.summary().http_status = error.response.status;
}

void Conversation::on_retry(std::chrono::milliseconds delay) {
  const double seconds = std::chrono::duration<double>{delay}.count();
  status_.begin_wait(delay, last_.text);
  update_status_line();
  if (options_.resumes) client_.use_url(position_.url(options_.client.url));
  screen_.status(fmt::format("{}, next attempt in {:.1f} s", last_.text, seconds));
}

// Once closed by us, how the server takes it changes nothing.
void Conversation::on_stopped() {
  if (exit_code_) return;
  if (is_closing_) return finish(kExitOk, {});
  if (last_.exit_code == kExitTimeout) can_unwind_ = false;
  if (last_.exit_code == kExitOk) {
    screen_.status(last_.text);
    return finish(kExitOk, {});
  }
  finish(last_.exit_code, last_.details.empty() ? last_.text : last_.text + "\n" + last_.details);
}

std::string Conversation::unmet_expectation() const {
  std::string problem = expectations_.problem();
  return problem.empty() && options_.compares_replay ? replay_->problem() : problem;
}

void Conversation::finish(int code, std::string problem) {
  if (exit_code_) return;
  if (code == kExitOk) {
    problem = unmet_expectation();
    if (!problem.empty()) code = kExitUnexpected;
  }
  exit_code_ = code;
  problem_ = std::move(problem);
  client_.close({wskit::close_code::going_away, {}});  // Said if open, but not waited for.
  loop_.stop();
}

void Conversation::end_now(int code, std::string problem) {
  // A name that is still being looked up cannot be hurried, nor whoever reads our output.
  can_unwind_ = false;
  must_end_now_ = true;
  finish(code, std::move(problem));
  exit_code_ = code;
  loop_.stop();
}

void Conversation::print_summary() {
  RunSummary& summary = tracer_.summary();
  summary.total = tracer_.passed();
  summary.exit_code = *exit_code_;
  if (!options_.write_out.empty()) screen_.print(expand_write_out(options_.write_out, summary));
}
