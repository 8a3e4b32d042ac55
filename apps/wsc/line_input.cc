#include "line_input.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <utility>

namespace {

constexpr std::size_t kPieceBytes = 64 * 1024;

}  // namespace

LineInput::LineInput(wskit::Loop& loop, int fd, std::function<void(std::string)> on_bytes)
    : loop_{loop},
      fd_{fd},
      stop_fd_{eventfd(0, EFD_CLOEXEC)},
      on_bytes_{std::move(on_bytes)},
      thread_{[this] { run(); }} {}

LineInput::~LineInput() {
  {
    const std::lock_guard lock{mutex_};
    is_stopping_ = true;
  }
  changed_.notify_all();
  const std::uint64_t one = 1;
  (void)!write(stop_fd_, &one, sizeof one);
  thread_.join();
  ::close(stop_fd_);
}

void LineInput::resume() {
  {
    const std::lock_guard lock{mutex_};
    may_read_ = true;
  }
  changed_.notify_all();
}

void LineInput::run() {
  while (wait_for_resume() && wait_for_input()) {
    std::string piece(kPieceBytes, '\0');
    const ssize_t count = read(fd_, piece.data(), piece.size());
    if (count < 0 && (errno == EINTR || errno == EAGAIN)) {
      resume();
      continue;
    }
    piece.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
    loop_.post([this, piece = std::move(piece)]() mutable { on_bytes_(std::move(piece)); });
    if (count <= 0) return;
  }
}

bool LineInput::wait_for_input() const {
  pollfd watched[] = {{fd_, POLLIN, 0}, {stop_fd_, POLLIN, 0}};
  while (poll(watched, 2, -1) < 0) {
  }
  return watched[1].revents == 0;
}

bool LineInput::wait_for_resume() {
  std::unique_lock lock{mutex_};
  changed_.wait(lock, [this] { return may_read_ || is_stopping_; });
  may_read_ = false;
  return !is_stopping_;
}
