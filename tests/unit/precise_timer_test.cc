#include <wskit/precise_timer.h>

#include <memory>
#include <vector>

#include <catch2/catch.hpp>

using namespace wskit;

TEST_CASE("PreciseTimer: is never early, and due at once for what has passed") {
  Loop loop;
  const auto start = Loop::Clock::now();
  std::vector<Loop::Clock::duration> calls;
  std::unique_ptr<PreciseTimer> timer;
  timer = std::make_unique<PreciseTimer>(loop, [&] {
    calls.push_back(Loop::Clock::now() - start);
    if (calls.size() == 1) return timer->set(start);
    if (calls.size() == 2) return timer->set(start + std::chrono::microseconds{5300});
    loop.stop();
  });

  timer->set(start + std::chrono::microseconds{1500});
  loop.run();

  REQUIRE(calls.size() == 3);
  CHECK(calls[0] >= std::chrono::microseconds{1500});
  CHECK(calls[2] >= std::chrono::microseconds{5300});
}

TEST_CASE("PreciseTimer: setting replaces, and stopping forgets, the time before") {
  Loop loop;
  int stopped_calls = 0;
  PreciseTimer stopped{loop, [&] { ++stopped_calls; }};
  int replaced_calls = 0;
  PreciseTimer replaced{loop, [&] { ++replaced_calls; }};
  PreciseTimer last{loop, [&] { loop.stop(); }};
  const auto start = Loop::Clock::now();

  stopped.set(start);
  stopped.stop();
  replaced.set(start);
  replaced.set(start + std::chrono::microseconds{200});
  last.set(start + std::chrono::milliseconds{3});
  loop.run();

  CHECK(stopped_calls == 0);
  CHECK(replaced_calls == 1);
}

TEST_CASE("PreciseTimer: may be destroyed by its task") {
  Loop loop;
  auto timer = std::unique_ptr<PreciseTimer>{};
  timer = std::make_unique<PreciseTimer>(loop, [&] {
    Loop* const running = &loop;
    timer = nullptr;
    running->stop();
  });

  timer->set(Loop::Clock::now());
  loop.run();

  CHECK(timer == nullptr);
}
