#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>

#include <wskit/client.h>
#include <wskit/loop.h>

#include "connection_status.h"
#include "exit_code.h"
#include "expectations.h"
#include "explanation.h"
#include "history_file.h"
#include "line_editor.h"
#include "line_input.h"
#include "options.h"
#include "outbox.h"
#include "output_writer.h"
#include "recorder.h"
#include "replay.h"
#include "resume_position.h"
#include "screen.h"
#include "slash_commands.h"
#include "tracer.h"

/// One run of wsc: joins input, client and screen, and decides when and how it ends.
class Conversation final : private wskit::ClientHandler {
 public:
  Conversation(wskit::Loop& loop, const Options& options);

  /// Returns the exit code, after saying on standard error why it is not 0. Throws wskit::Error.
  int run();

  /// False if something hangs that only the end of the process can end.
  bool can_unwind() const { return can_unwind_; }

 private:
  void on_open(const wskit::HandshakeResponse& response) override;
  void on_message(const wskit::MessageView& message) override;
  void on_drain() override { send_waiting(); }
  void on_pong(std::chrono::microseconds round_trip) override;
  void on_close(const wskit::CloseStatus& status) override;
  void on_connect_error(const wskit::ConnectError& error) override;
  void on_retry(std::chrono::milliseconds delay) override;
  void on_stopped() override;

  void on_broken_output(int error);
  void end_turn();
  void bound_output();
  void wait_for_replies();
  void end_output();
  void end_now(int code, std::string problem);
  void watch_signals();
  void watch_time();
  void begin_input();
  void begin_editing();
  void on_typed_line(std::string line);
  void take_typed(std::string text);
  void update_status_line();
  void on_input(std::string piece);
  void send_waiting();
  bool obey(Outgoing& message);
  bool send(Outgoing message);
  void after_waiting();
  void judge(const wskit::MessageView& message);
  void note(Direction direction, TranscriptEntry::Kind kind, std::string_view payload,
            std::uint16_t close_code = 0, bool is_on_screen = false);
  void close() { close(options_.end.close); }
  void close(const wskit::CloseStatus& status);
  std::string unmet_expectation() const;
  void finish(int code, std::string problem);
  void print_summary();

  wskit::Loop& loop_;
  const Options& options_;
  OutputWriter writer_;
  Screen screen_;
  ConnectionStatus status_;
  Tracer tracer_;
  Recorder recorder_;
  wskit::Client client_;
  CommandContext commands_;
  Outbox outbox_;
  ResumePosition position_;
  HistoryFile history_;
  Expectations expectations_;
  wskit::Timer idle_timer_;  ///< after the end of input
  wskit::Timer wait_timer_;
  wskit::Timer max_timer_;
  wskit::Timer status_timer_;
  wskit::Timer sleep_timer_;        ///< while it runs nothing is sent
  std::shared_ptr<void> turn_end_;  ///< hands on what was shown
  std::unique_ptr<LineEditor> editor_;
  std::unique_ptr<LineInput> input_;
  std::unique_ptr<Replay> replay_;
  std::string typed_;  ///< lines of a message that goes on
  Explanation last_;   ///< of the last attempt or connection
  std::optional<int> exit_code_;
  std::string problem_;
  bool is_input_ended_ = false;
  bool was_open_ = false;
  bool is_closing_ = false;
  bool speaks_wskit_ = false;  ///< wskit.v1.json, on this connection
  bool has_told_waiting_ = false;
  bool has_heard_ = false;  ///< a message, in this turn
  std::size_t unfinished_bytes_ = 0;
  bool is_output_full_ = false;  ///< so nothing is read from the server
  bool must_end_now_ = false;    ///< whoever reads our output may have stalled
  bool can_unwind_ = true;
};
