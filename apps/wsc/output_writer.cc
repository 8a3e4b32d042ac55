#include "output_writer.h"

#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include <cerrno>
#include <string_view>
#include <utility>

namespace {

/// Of a queue that is empty.
constexpr std::size_t kMaxKeptBytes = 256 * 1024;

/// Zero, or an errno.
int write_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t count = write(fd, bytes.data(), bytes.size());
    if (count >= 0) {
      bytes.remove_prefix(static_cast<std::size_t>(count));
    } else if (errno == EAGAIN) {
      // Somebody has set O_NONBLOCK on what we share with them.
      pollfd writable{fd, POLLOUT, 0};
      poll(&writable, 1, -1);
    } else if (errno != EINTR) {
      return errno;
    }
  }
  return 0;
}

/// They are the loop's; and a reader who is gone is an error, not the end of the process.
void block_signals() {
  sigset_t all;
  sigfillset(&all);
  pthread_sigmask(SIG_BLOCK, &all, nullptr);
}

}  // namespace

OutputWriter::OutputWriter(wskit::Loop& loop, std::function<void(int)> on_broken)
    : loop_{loop}, on_broken_{std::move(on_broken)}, thread_{[this] { run(); }} {}

OutputWriter::~OutputWriter() {
  if (thread_.joinable()) (void)stop(std::chrono::hours{24});
}

void OutputWriter::write(int fd, std::string_view bytes) {
  {
    const std::lock_guard lock{mutex_};
    queued_bytes_ += bytes.size();
    queue_.bytes += bytes;
    queue_.runs.push_back({fd, bytes.size()});
  }
  changed_.notify_all();
}

std::size_t OutputWriter::queued_bytes() {
  const std::lock_guard lock{mutex_};
  return queued_bytes_;
}

void OutputWriter::when_written(std::function<void()> task) {
  const std::lock_guard lock{mutex_};
  if (queued_bytes_ == 0) return loop_.post(std::move(task));
  when_written_ = std::move(task);
}

bool OutputWriter::stop(std::chrono::milliseconds patience) {
  std::unique_lock lock{mutex_};
  is_stopping_ = true;
  changed_.notify_all();
  if (!changed_.wait_for(lock, patience, [this] { return is_finished_; })) return false;
  lock.unlock();
  if (thread_.joinable()) thread_.join();
  return true;
}

void OutputWriter::run() {
  block_signals();
  Queue taken;
  std::unique_lock lock{mutex_};
  while (true) {
    changed_.wait(lock, [this] { return !queue_.runs.empty() || is_stopping_; });
    if (queue_.runs.empty()) break;
    // The two take turns, so that their memory is used again.
    std::swap(taken, queue_);
    lock.unlock();
    write_out(taken);
    const std::size_t written = taken.bytes.size();
    clear(taken);
    lock.lock();
    queued_bytes_ -= written;
    if (queued_bytes_ == 0 && when_written_) loop_.post(std::exchange(when_written_, nullptr));
  }
  is_finished_ = true;
  changed_.notify_all();
}

void OutputWriter::write_out(const Queue& queue) {
  std::string_view rest{queue.bytes};
  for (const Run& run : queue.runs) {
    const std::string_view bytes = rest.substr(0, run.size);
    rest.remove_prefix(run.size);
    const bool is_output = run.fd == STDOUT_FILENO;
    if (is_output && is_broken_) continue;
    const int error = write_all(run.fd, bytes);
    if (error == 0 || !is_output) continue;
    is_broken_ = true;
    loop_.post([this, error] { on_broken_(error); });
  }
}

void OutputWriter::clear(Queue& queue) {
  queue.bytes.clear();
  queue.runs.clear();
  if (queue.bytes.capacity() > kMaxKeptBytes) queue.bytes.shrink_to_fit();
}
