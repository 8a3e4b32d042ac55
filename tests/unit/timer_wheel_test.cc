#include "core/timer_wheel.h"

#include <map>
#include <memory>
#include <random>
#include <set>

#include <catch2/catch.hpp>

using wskit::TimerWheel;
using namespace std::chrono_literals;
using Entry = TimerWheel::Entry;
using Entries = std::vector<Entry*>;

namespace {

const TimerWheel::Time kStart{1000s};

Entries fired_by(TimerWheel& wheel, TimerWheel::Time now) {
  Entries fired;
  wheel.advance(now, [&](Entry& entry) { fired.push_back(&entry); });
  return fired;
}

}  // namespace

TEST_CASE("TimerWheel: a deadline fires once, never early, at most a tick late") {
  const auto delay = GENERATE(1ns, 50ms, 100ms, 100ms + 1ns, 950ms, 60s);
  TimerWheel wheel{kStart};
  Entry entry;
  wheel.set(entry, kStart + delay);

  CHECK(fired_by(wheel, kStart + delay - 1ns).empty());
  CHECK(entry.is_set());
  CHECK(fired_by(wheel, kStart + delay + TimerWheel::kTick) == Entries{&entry});
  CHECK_FALSE(entry.is_set());
  CHECK(fired_by(wheel, kStart + 200s).empty());
}

TEST_CASE("TimerWheel: setting again replaces the deadline") {
  TimerWheel wheel{kStart};
  Entry sooner, later;
  wheel.set(sooner, kStart + 10s);
  wheel.set(later, kStart + 1s);

  wheel.set(sooner, kStart + 1s);
  wheel.set(later, kStart + 10s);

  CHECK(fired_by(wheel, kStart + 2s) == Entries{&sooner});
  CHECK(fired_by(wheel, kStart + 11s) == Entries{&later});
}

TEST_CASE("TimerWheel: what is dropped or destroyed does not fire, and its neighbours do") {
  TimerWheel wheel{kStart};
  Entry first, last, dropped;
  auto destroyed = std::make_unique<Entry>();
  wheel.set(first, kStart + 1s);
  wheel.set(*destroyed, kStart + 1s);
  wheel.set(dropped, kStart + 1s);
  wheel.set(last, kStart + 1s);

  destroyed.reset();
  dropped.drop();
  dropped.drop();

  CHECK_FALSE(dropped.is_set());
  CHECK(fired_by(wheel, kStart + 2s) == Entries{&first, &last});
}

TEST_CASE("TimerWheel: entries may outlive the wheel") {
  Entry entry;
  {
    TimerWheel wheel{kStart};
    wheel.set(entry, kStart + 1s);
  }
  CHECK_FALSE(entry.is_set());
}

TEST_CASE("TimerWheel: what lies beyond the horizon fires at the horizon") {
  const auto horizon = TimerWheel::kTick * (TimerWheel::kSlotCount - 1);
  TimerWheel wheel{kStart};
  Entry entry;
  wheel.set(entry, kStart + 24h);

  CHECK(fired_by(wheel, kStart + horizon - 1ms).empty());
  CHECK(fired_by(wheel, kStart + horizon) == Entries{&entry});
}

TEST_CASE("TimerWheel: a deadline that has passed fires with the next tick") {
  TimerWheel wheel{kStart};
  REQUIRE(fired_by(wheel, kStart + 5s).empty());
  Entry entry;
  wheel.set(entry, kStart);

  CHECK(fired_by(wheel, kStart + 5s + TimerWheel::kTick) == Entries{&entry});
}

TEST_CASE("TimerWheel: firing may set the entry again and drop others") {
  TimerWheel wheel{kStart};
  Entry again, other;
  wheel.set(again, kStart + 1s);
  wheel.set(other, kStart + 1s);
  int fired = 0;

  wheel.advance(kStart + 3s, [&](Entry& entry) {
    CHECK(&entry == &again);
    other.drop();
    if (++fired < 3) wheel.set(entry, kStart + std::chrono::seconds{1 + fired});
  });

  CHECK(fired == 3);
}

TEST_CASE("TimerWheel: agrees with a naive model through random deadlines") {
  std::mt19937 random{99};
  TimerWheel wheel{kStart};
  std::vector<Entry> entries(40);
  std::map<Entry*, long> due;  // in ticks since the start
  long tick = 0;
  auto now = kStart;
  for (int step = 0; step < 3000; ++step) {
    Entry& entry = entries[random() % entries.size()];
    if (random() % 4 == 0) {
      entry.drop();
      due.erase(&entry);
    } else {
      const auto deadline = now + std::chrono::milliseconds{random() % 150000} - 5s;
      wheel.set(entry, deadline);
      const long wanted = (deadline - kStart + TimerWheel::kTick - 1ns) / TimerWheel::kTick;
      due[&entry] = std::clamp(wanted, tick + 1, tick + long{TimerWheel::kSlotCount} - 1);
    }
    if (random() % 3 != 0) continue;

    now += std::chrono::milliseconds{random() % 4000};
    tick = (now - kStart) / TimerWheel::kTick;
    std::set<Entry*> expected;
    std::erase_if(due, [&](const auto& item) {
      return item.second <= tick && expected.insert(item.first).second;
    });
    const Entries fired = fired_by(wheel, now);
    CHECK(std::set<Entry*>(fired.begin(), fired.end()) == expected);
    CHECK(fired.size() == expected.size());
  }
  for (Entry& entry : entries) CHECK(entry.is_set() == due.contains(&entry));
}
