#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

#include <wskit/loop.h>

/// Reads a pipe or file, piece by piece, on a thread of its own: files cannot be polled.
///
/// Thread: the loop's. The function given is called on the loop.
class LineInput {
 public:
  /// `on_bytes` gets each piece, and an empty one at the end. After each piece reading waits for
  /// resume().
  LineInput(wskit::Loop& loop, int fd, std::function<void(std::string)> on_bytes);
  ~LineInput();
  LineInput(const LineInput&) = delete;
  LineInput& operator=(const LineInput&) = delete;

  void resume();

 private:
  void run();
  bool wait_for_input() const;
  bool wait_for_resume();

  wskit::Loop& loop_;
  int fd_;
  int stop_fd_;
  std::function<void(std::string)> on_bytes_;

  std::mutex mutex_;
  std::condition_variable changed_;
  bool may_read_ = true;
  bool is_stopping_ = false;
  std::thread thread_;
};
