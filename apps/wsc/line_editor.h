#pragma once

#include <termios.h>

#include <condition_variable>
#include <cstddef>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include <wskit/loop.h>

struct LineEditorOptions {
  std::vector<std::string> history;   ///< the newest last
  std::vector<std::string> commands;  ///< completed as the first word
  bool has_status_line = false;       ///< the terminal's last row is kept for it
  bool has_color = false;
};

/// Line editing on the terminal, with output above the line that is being typed.
///
/// libedit runs on a thread of its own: its reader waits inside escape sequences, and nothing of
/// the connection may wait with it. libedit keeps its state in globals, so there is one editor a
/// process.
/// Thread: the loop's. The functions given are called on the loop.
class LineEditor {
 public:
  /// `on_line` gets each line without its end, empty ones included; `on_end` tells Ctrl-D, or that
  /// the terminal is gone.
  LineEditor(wskit::Loop& loop, LineEditorOptions options, std::function<void(std::string)> on_line,
             std::function<void()> on_end);
  ~LineEditor();  ///< as stop()
  LineEditor(const LineEditor&) = delete;
  LineEditor& operator=(const LineEditor&) = delete;

  /// Prints `text`, which ends with a line end. Never blocks: what comes while the terminal
  /// stalls (Ctrl-S) is kept up to some megabytes and then counted instead.
  void print(std::string text);

  /// What the status line says from now on, in one line; it is cut where it does not fit.
  void show_status(std::string text);

  /// Puts `text` where it is being typed.
  void insert(std::string text);

  /// Prints what is queued, takes the prompt away and gives the terminal back as it was. False
  /// if the thread hangs in an unfinished key sequence: then end with std::_Exit().
  [[nodiscard]] bool stop();

  /// Once the terminal's size has changed, or the process has been continued.
  void redraw();

 private:
  void run();
  void install_handler();
  void take_events(int terminal_events);
  void print_queued();
  void keep_status_row();
  void draw_status();
  void give_up_status_row();
  void wake();
  void on_typed(char* text);

  wskit::Loop& loop_;
  const LineEditorOptions options_;
  std::function<void(std::string)> on_line_;
  std::function<void()> on_end_;
  termios original_ = {};
  int wake_fd_;
  bool is_ended_ = false;  ///< the thread's own, as those below
  int status_row_ = 0;     ///< 0: there is none
  std::string shown_status_;

  std::mutex mutex_;
  std::condition_variable finished_;
  std::string queued_;
  std::string inserted_;
  std::string status_;
  std::size_t dropped_count_ = 0;
  bool is_stopping_ = false;
  bool is_finished_ = false;
  bool must_redraw_ = false;
  std::thread thread_;
};
