// Preloaded into a server (LD_PRELOAD), it makes each send() take 20 µs of CPU more: whoever guards
// against a server that has become slower must notice.

#include <dlfcn.h>
#include <sys/socket.h>
#include <sys/types.h>

#include <chrono>

namespace {

using Send = ssize_t(int, const void*, std::size_t, int);

void burn() {
  const auto end = std::chrono::steady_clock::now() + std::chrono::microseconds{20};
  while (std::chrono::steady_clock::now() < end) {
  }
}

}  // namespace

extern "C" __attribute__((visibility("default"))) ssize_t send(int descriptor, const void* buffer,
                                                               std::size_t size, int flags) {
  static auto* const call = reinterpret_cast<Send*>(dlsym(RTLD_NEXT, "send"));
  burn();
  return call(descriptor, buffer, size, flags);
}
