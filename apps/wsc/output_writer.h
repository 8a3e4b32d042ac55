#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <wskit/loop.h>

/// Writes to standard output and standard error, in order, on a thread of its own: whoever reads
/// them may stall, and nothing of the connection may wait with them.
///
/// Thread: the loop's. The functions given are called on the loop.
class OutputWriter {
 public:
  /// `on_broken` tells with an errno that standard output takes no more; the rest of it is
  /// dropped. So is silently what standard error does not take.
  OutputWriter(wskit::Loop& loop, std::function<void(int error)> on_broken);
  ~OutputWriter();  ///< waits until everything is written
  OutputWriter(const OutputWriter&) = delete;
  OutputWriter& operator=(const OutputWriter&) = delete;

  /// Queues `bytes` without limit. Never blocks.
  void write(int fd, std::string_view bytes);

  /// Not yet written.
  std::size_t queued_bytes();

  /// Calls `task`, instead of an earlier one, as soon as everything is written.
  void when_written(std::function<void()> task);

  /// Ends when everything is written. False if that is not so after `patience`: then end with
  /// std::_Exit().
  [[nodiscard]] bool stop(std::chrono::milliseconds patience);

 private:
  struct Run {
    int fd;
    std::size_t size;
  };
  /// Bytes one after the other, and where they go.
  struct Queue {
    std::string bytes;
    std::vector<Run> runs;
  };

  void run();
  void write_out(const Queue& queue);
  static void clear(Queue& queue);

  wskit::Loop& loop_;
  std::function<void(int)> on_broken_;
  bool is_broken_ = false;  ///< the thread's own

  std::mutex mutex_;
  std::condition_variable changed_;
  Queue queue_;
  std::size_t queued_bytes_ = 0;
  std::function<void()> when_written_;
  bool is_stopping_ = false;
  bool is_finished_ = false;
  std::thread thread_;
};
