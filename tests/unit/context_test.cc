#include "lws/context.h"

#include <optional>

#include <fcntl.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <libwebsockets.h>
#include <catch2/catch.hpp>

using wskit::Context;
using wskit::Log;
using wskit::Loop;
using wskit::Timer;
using namespace std::chrono_literals;

namespace {

int ignore(lws*, lws_callback_reasons, void*, void*, std::size_t) {
  return 0;
}

const lws_protocols kProtocols[] = {{"none", ignore, 0, 0, 0, nullptr, 0}, {}};

TEST_CASE("Context: closes no descriptor that others open while it ends") {
  const std::unique_ptr<Log> log = wskit::make_null_log();
  Loop loop;
  std::optional<Context> context;
  context.emplace(loop, *log, kProtocols, false, nullptr);
  int descriptor = -1;
  Timer timer{loop};
  timer.start(0ms, [&] { descriptor = eventfd(0, EFD_CLOEXEC); });

  context.reset();

  REQUIRE(descriptor >= 0);
  CHECK(fcntl(descriptor, F_GETFD) >= 0);
  close(descriptor);
}

}  // namespace
