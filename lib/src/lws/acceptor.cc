#include "lws/acceptor.h"

#include <cerrno>
#include <cstring>
#include <utility>

#include <sys/socket.h>
#include <uv.h>

#include "net/socket_address.h"

namespace wskit {
namespace {

/// Per turn, so that a burst of newcomers does not hold up the sessions.
constexpr int kMaxAcceptsPerTurn = 64;

constexpr std::chrono::milliseconds kPause{500};

}  // namespace

Acceptor::Acceptor(Loop& loop, Log& log, int listener, Accept accept)
    : log_{log},
      accept_{std::move(accept)},
      resume_timer_{loop},
      poll_{new uv_poll_t},
      listener_{listener} {
  uv_poll_init(loop.uv(), poll_, listener_);
  poll_->data = this;
  start();
}

Acceptor::~Acceptor() {
  uv_close(reinterpret_cast<uv_handle_t*>(poll_),
           [](uv_handle_t* handle) { delete reinterpret_cast<uv_poll_t*>(handle); });
}

void Acceptor::start() {
  uv_poll_start(poll_, UV_READABLE, [](uv_poll_t* handle, int, int) {
    static_cast<Acceptor*>(handle->data)->accept_some();
  });
}

void Acceptor::accept_some() {
  for (int i = 0; i < kMaxAcceptsPerTurn; ++i) {
    sockaddr_storage address = {};
    socklen_t size = sizeof address;
    const int descriptor = accept4(listener_, reinterpret_cast<sockaddr*>(&address), &size,
                                   SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (descriptor >= 0) {
      accept_(descriptor, format_socket_address(address));
    } else if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
      return pause(errno);
    } else if (errno != ECONNABORTED && errno != EINTR) {
      return;
    }
  }
}

void Acceptor::pause(int error) {
  log_.warn("accept_paused", {{"error", std::strerror(error)}});
  uv_poll_stop(poll_);
  resume_timer_.start(kPause, [this] { start(); });
}

}  // namespace wskit
