#include <wskit/loop.h>

#include <signal.h>

#include <algorithm>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include <uv.h>

#include "core/check.h"
#include "core/recent_maximum.h"

namespace wskit {

namespace {

constexpr std::uint64_t kNsPerMs = 1'000'000;

}  // namespace

struct Loop::Impl {
  struct SignalWatch {
    uv_signal_t handle = {};
    Task task;
  };

  void run_posted();
  void end_turn();

  uv_loop_t loop = {};
  uv_async_t wake = {};
  uv_check_t turn_begin = {};
  uv_prepare_t turn_end = {};
  std::thread::id thread = std::this_thread::get_id();
  std::vector<std::shared_ptr<Task>> turn_end_tasks;
  std::vector<std::unique_ptr<SignalWatch>> signals;
  std::uint64_t wait_began_ns = 0;
  std::uint64_t turn_began_ns = 0;
  RecentMaximum turns_ns;
  bool is_stopping = false;

  std::mutex mailbox_mutex;
  std::vector<Task> mailbox;
};

void Loop::Impl::run_posted() {
  std::vector<Task> tasks;
  {
    const std::lock_guard lock{mailbox_mutex};
    tasks.swap(mailbox);
  }
  for (Task& task : tasks) task();
}

void Loop::Impl::end_turn() {
  std::erase_if(turn_end_tasks, [](const auto& task) { return task.use_count() == 1; });
  // Tasks may add tasks.
  for (std::size_t i = 0; i < turn_end_tasks.size(); ++i) (*turn_end_tasks[i])();
  wait_began_ns = uv_hrtime();
  if (turn_began_ns != 0) turns_ns.add(wait_began_ns, wait_began_ns - turn_began_ns);
}

Loop::Loop() : impl_{std::make_unique<Impl>()} {
  WSKIT_CHECK(uv_loop_init(&impl_->loop) == 0);
  impl_->loop.data = impl_.get();
  WSKIT_CHECK(uv_async_init(&impl_->loop, &impl_->wake, [](uv_async_t* handle) {
                static_cast<Impl*>(handle->loop->data)->run_posted();
              }) == 0);
  uv_check_init(&impl_->loop, &impl_->turn_begin);
  // libuv has called back for sockets by now; its own time is of when it had waited, to 1 ms.
  uv_check_start(&impl_->turn_begin, [](uv_check_t* handle) {
    Impl& impl = *static_cast<Impl*>(handle->loop->data);
    impl.turn_began_ns = std::max(impl.wait_began_ns, uv_now(handle->loop) * kNsPerMs);
  });
  uv_unref(reinterpret_cast<uv_handle_t*>(&impl_->turn_begin));
  uv_prepare_init(&impl_->loop, &impl_->turn_end);
  uv_prepare_start(&impl_->turn_end, [](uv_prepare_t* handle) {
    static_cast<Impl*>(handle->loop->data)->end_turn();
  });
  uv_unref(reinterpret_cast<uv_handle_t*>(&impl_->turn_end));
}

Loop::~Loop() {
  for (auto& watch : impl_->signals) {
    uv_close(reinterpret_cast<uv_handle_t*>(&watch->handle), nullptr);
  }
  uv_close(reinterpret_cast<uv_handle_t*>(&impl_->wake), nullptr);
  uv_close(reinterpret_cast<uv_handle_t*>(&impl_->turn_begin), nullptr);
  uv_close(reinterpret_cast<uv_handle_t*>(&impl_->turn_end), nullptr);
  uv_run(&impl_->loop, UV_RUN_DEFAULT);
  WSKIT_CHECK(uv_loop_close(&impl_->loop) == 0);
}

void Loop::run(WhenIdle when_idle) {
  impl_->thread = std::this_thread::get_id();
  // A peer that is gone is an error to whoever writes; libuv would have it kill the process.
  sigset_t blocked;
  sigemptyset(&blocked);
  sigaddset(&blocked, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &blocked, nullptr);
  const uv_run_mode mode = when_idle == WhenIdle::poll ? UV_RUN_NOWAIT : UV_RUN_ONCE;
  while (!impl_->is_stopping) uv_run(&impl_->loop, mode);
  impl_->is_stopping = false;
}

void Loop::stop() {
  post([this] { impl_->is_stopping = true; });
}

void Loop::post(Task task) {
  bool was_empty = false;
  {
    const std::lock_guard lock{impl_->mailbox_mutex};
    was_empty = impl_->mailbox.empty();
    impl_->mailbox.push_back(std::move(task));
  }
  if (was_empty) uv_async_send(&impl_->wake);
}

bool Loop::is_own_thread() const {
  return std::this_thread::get_id() == impl_->thread;
}

Loop::Clock::time_point Loop::now() const {
  return Clock::time_point{std::chrono::milliseconds{uv_now(&impl_->loop)}};
}

std::chrono::microseconds Loop::longest_turn() const {
  return std::chrono::microseconds{impl_->turns_ns.value(uv_hrtime()) / 1000};
}

std::shared_ptr<void> Loop::on_turn_end(Task task) {
  impl_->turn_end_tasks.push_back(std::make_shared<Task>(std::move(task)));
  return impl_->turn_end_tasks.back();
}

void Loop::on_signal(int signal, Task task) {
  auto watch = std::make_unique<Impl::SignalWatch>();
  watch->task = std::move(task);
  watch->handle.data = watch.get();
  uv_signal_init(&impl_->loop, &watch->handle);
  uv_signal_start(
      &watch->handle,
      [](uv_signal_t* handle, int) { static_cast<Impl::SignalWatch*>(handle->data)->task(); },
      signal);
  uv_unref(reinterpret_cast<uv_handle_t*>(&watch->handle));
  impl_->signals.push_back(std::move(watch));
}

uv_loop_s* Loop::uv() {
  return &impl_->loop;
}

struct Timer::Impl {
  uv_timer_t handle = {};
  Loop::Task task;
};

Timer::Timer(Loop& loop) : impl_{new Impl} {
  uv_timer_init(loop.uv(), &impl_->handle);
  impl_->handle.data = impl_;
}

Timer::~Timer() {
  uv_close(reinterpret_cast<uv_handle_t*>(&impl_->handle),
           [](uv_handle_t* handle) { delete static_cast<Impl*>(handle->data); });
}

namespace {

void arm(uv_timer_t& handle, std::chrono::milliseconds delay, std::chrono::milliseconds interval,
         uv_timer_cb call) {
  // libuv counts from when the turn began.
  const std::uint64_t passed =
      std::max(uv_hrtime() / kNsPerMs, uv_now(handle.loop)) - uv_now(handle.loop);
  uv_timer_start(&handle, call,
                 static_cast<std::uint64_t>(std::max<std::int64_t>(0, delay.count())) + passed,
                 static_cast<std::uint64_t>(interval.count()));
}

}  // namespace

void Timer::start(std::chrono::milliseconds delay, Loop::Task task) {
  impl_->task = std::move(task);
  arm(impl_->handle, delay, std::chrono::milliseconds{0}, [](uv_timer_t* handle) {
    const Loop::Task task_now = std::exchange(static_cast<Impl*>(handle->data)->task, {});
    task_now();
  });
}

void Timer::start_repeating(std::chrono::milliseconds interval, Loop::Task task) {
  impl_->task = std::move(task);
  arm(impl_->handle, interval, interval, [](uv_timer_t* handle) {
    const Loop::Task task_now = static_cast<Impl*>(handle->data)->task;
    task_now();
  });
}

void Timer::stop() {
  uv_timer_stop(&impl_->handle);
  impl_->task = {};
}

bool Timer::is_running() const {
  return uv_is_active(reinterpret_cast<const uv_handle_t*>(&impl_->handle)) != 0;
}

}  // namespace wskit
