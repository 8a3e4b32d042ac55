#include <wskit/precise_timer.h>

#include <sys/timerfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

#include <uv.h>
#include <wskit/error.h>

namespace wskit {

struct PreciseTimer::Impl {
  uv_poll_t handle = {};
  int descriptor = -1;
  Loop::Task task;
  bool is_set = false;

  void fire() {
    is_set = false;
    task();
    // Setting makes it unreadable, so that nothing has to be read.
    if (!is_set) set(0);
  }

  /// 0: never. Ignored once the descriptor is closed.
  void set(std::int64_t due_ns) {
    constexpr std::int64_t kSecond = 1'000'000'000;
    const itimerspec time = {.it_interval = {},
                             .it_value = {.tv_sec = due_ns / kSecond, .tv_nsec = due_ns % kSecond}};
    timerfd_settime(descriptor, TFD_TIMER_ABSTIME, &time, nullptr);
    is_set = due_ns != 0;
  }
};

PreciseTimer::PreciseTimer(Loop& loop, Loop::Task task) : impl_{new Impl} {
  impl_->task = std::move(task);
  impl_->descriptor = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
  if (impl_->descriptor < 0) {
    delete impl_;
    throw Error{"no timer: " + std::generic_category().message(errno)};
  }
  uv_poll_init(loop.uv(), &impl_->handle, impl_->descriptor);
  impl_->handle.data = impl_;
  uv_poll_start(&impl_->handle, UV_READABLE,
                [](uv_poll_t* handle, int, int) { static_cast<Impl*>(handle->data)->fire(); });
}

PreciseTimer::~PreciseTimer() {
  uv_poll_stop(&impl_->handle);
  close(std::exchange(impl_->descriptor, -1));
  uv_close(reinterpret_cast<uv_handle_t*>(&impl_->handle),
           [](uv_handle_t* handle) { delete static_cast<Impl*>(handle->data); });
}

void PreciseTimer::set(Loop::Clock::time_point due) {
  impl_->set(std::max<std::int64_t>(1, due.time_since_epoch().count()));
}

void PreciseTimer::stop() {
  impl_->set(0);
}

}  // namespace wskit
