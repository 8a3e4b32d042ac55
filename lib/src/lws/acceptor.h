#pragma once

#include <functional>
#include <string>

#include <wskit/log.h>
#include <wskit/loop.h>

struct uv_poll_s;

namespace wskit {

/// Takes connections from a listening socket.
///
/// When descriptors run out it pauses instead of spinning, and tries again after a while.
/// Thread: its loop's.
class Acceptor {
 public:
  /// Gets each new socket, non-blocking, and its peer's address; owns the descriptor from then on.
  using Accept = std::function<void(int descriptor, std::string remote_address)>;

  /// `listener` stays the caller's and outlives this.
  Acceptor(Loop& loop, Log& log, int listener, Accept accept);
  ~Acceptor();
  Acceptor(const Acceptor&) = delete;
  Acceptor& operator=(const Acceptor&) = delete;

 private:
  void start();
  void accept_some();
  void pause(int error);

  Log& log_;
  Accept accept_;
  Timer resume_timer_;
  uv_poll_s* poll_;  ///< freed by libuv's close callback
  int listener_;
};

}  // namespace wskit
