#include <wskit/loop.h>

#include <catch2/catch.hpp>

using namespace wskit;
using std::chrono::milliseconds;

namespace {

void work_for(milliseconds time) {
  const auto end = Loop::Clock::now() + time;
  while (Loop::Clock::now() < end) {
  }
}

}  // namespace

TEST_CASE("Loop: a turn is as long as what it calls back for") {
  Loop loop;
  Timer timer{loop};
  loop.post([&] {
    work_for(milliseconds{30});
    timer.start(milliseconds{1}, [&] { loop.stop(); });
  });

  loop.run();

  CHECK(loop.longest_turn() >= milliseconds{30});
}

TEST_CASE("Loop: time it waits is no part of a turn") {
  Loop loop;
  Timer timer{loop};
  const auto began = Loop::Clock::now();
  timer.start(milliseconds{300}, [&] { loop.stop(); });

  loop.run();

  // However long the rest took.
  CHECK(loop.longest_turn() <= Loop::Clock::now() - began - milliseconds{250});
}

TEST_CASE("Loop: one that polls calls timers and tasks as one that sleeps") {
  Loop loop;
  Timer timer{loop};
  int calls = 0;
  loop.post([&] {
    ++calls;
    timer.start_repeating(milliseconds{1}, [&] {
      if (++calls == 3) loop.stop();
    });
  });

  loop.run(WhenIdle::poll);

  CHECK(calls == 3);
}

TEST_CASE("Timer: its delay counts from its start, however long the turn has taken") {
  Loop loop;
  Timer timer{loop};
  Loop::Clock::time_point started;
  loop.post([&] {
    work_for(milliseconds{30});
    started = Loop::Clock::now();
    timer.start(milliseconds{20}, [&] { loop.stop(); });
  });

  loop.run();

  // libuv's time is in whole milliseconds.
  CHECK(Loop::Clock::now() - started >= milliseconds{18});
}
