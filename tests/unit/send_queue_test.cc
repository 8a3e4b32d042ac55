#include "core/send_queue.h"

#include <map>
#include <random>
#include <tuple>

#include <catch2/catch.hpp>

using wskit::frames_of, wskit::MessageId, wskit::QueuedFrames, wskit::SendQueue, wskit::SharedBytes;
using namespace std::chrono_literals;

namespace {

SharedBytes shared(std::string bytes) {
  return std::make_shared<const std::string>(std::move(bytes));
}

/// `bytes` as a message of `channel` that follows the id `after_ms` in the log.
QueuedFrames run(const std::string& channel, std::uint64_t after_ms, const std::string& bytes,
                 std::chrono::seconds came_at = {}) {
  return frames_of({channel, {after_ms, 0}, 1, SendQueue::Time{came_at}}, shared(bytes));
}

/// Nothing is older.
constexpr SendQueue::Time kNever = SendQueue::Time::min();

SharedBytes gap(const std::string& channel, MessageId since) {
  return shared("<" + channel + ">" + std::to_string(since.ms));
}

std::string all_of(SendQueue& queue) {
  std::string scratch;
  return queue.is_empty() ? "" : std::string(queue.take(scratch, SIZE_MAX).bytes);
}

}  // namespace

TEST_CASE("SendQueue: what is alone is not copied") {
  SendQueue queue;
  std::string scratch;
  const SharedBytes frames = shared("hello");
  queue.push(frames);

  const SendQueue::Block block = queue.take(scratch, 1);

  CHECK(block.owner == frames);
  CHECK(block.bytes == "hello");
  CHECK(queue.is_empty());
  CHECK(queue.bytes() == 0);
}

TEST_CASE("SendQueue: a block stays valid when nobody else holds its bytes") {
  SendQueue queue;
  std::string scratch;
  queue.push(shared("only the queue has this, and it is no short string"));

  const SendQueue::Block block = queue.take(scratch, 100);
  queue.push(shared("another"));
  queue.clear();

  CHECK(block.bytes == "only the queue has this, and it is no short string");
}

TEST_CASE("SendQueue: several are joined up to the limit, in order") {
  SendQueue queue;
  std::string scratch;
  for (const char* part : {"aa", "bbb", "cccc", "d"}) queue.push(shared(part));
  CHECK(queue.bytes() == 10);

  CHECK(queue.take(scratch, 5).bytes == "aabbb");
  CHECK(queue.bytes() == 5);
  CHECK(queue.take(scratch, 4).bytes == "cccc");
  CHECK_FALSE(queue.is_empty());
  CHECK(queue.take(scratch, 4).bytes == "d");
  CHECK(queue.is_empty());
}

TEST_CASE("SendQueue: at least one entry is taken, however large") {
  SendQueue queue;
  std::string scratch;
  queue.push(shared("larger than the limit"));
  queue.push(shared("x"));

  CHECK(queue.take(scratch, 3).bytes == "larger than the limit");
  CHECK(queue.bytes() == 1);
}

TEST_CASE("SendQueue: is empty after it was cleared") {
  SendQueue queue;
  std::string scratch;
  for (const char* part : {"a", "b", "c"}) queue.push(shared(part));

  queue.clear();

  CHECK(queue.is_empty());
  CHECK(queue.bytes() == 0);
  queue.push(shared("d"));
  CHECK(queue.take(scratch, 9).bytes == "d");
}

TEST_CASE("SendQueue: random pushes and takes lose and reorder nothing") {
  std::mt19937 random{7};
  SendQueue queue;
  std::string scratch, pushed, taken;
  for (int step = 0; step < 3000; ++step) {
    if (random() % 3 != 0) {
      const std::string part(1 + random() % 20, static_cast<char>('a' + step % 26));
      queue.push(shared(part));
      pushed += part;
    } else if (!queue.is_empty()) {
      taken += queue.take(scratch, random() % 60).bytes;
    }
    CHECK(queue.bytes() == pushed.size() - taken.size());
    CHECK(queue.is_empty() == (queue.bytes() == 0));
  }
  while (!queue.is_empty()) taken += queue.take(scratch, 50).bytes;
  CHECK(taken == pushed);
}

TEST_CASE("SendQueue: drops the oldest of a channel, and says where once") {
  SendQueue queue;
  for (std::uint64_t n = 1; n <= 6; ++n) queue.push(run("a", n - 1, std::to_string(n)));

  const auto dropped = queue.drop_oldest(2, kNever, gap);

  CHECK(dropped.message_count == 4);
  CHECK(dropped.made_room);
  CHECK(queue.message_count() == 2);
  CHECK(all_of(queue) == "<a>056");
  CHECK(queue.bytes() == 0);
}

TEST_CASE("SendQueue: each channel has its gap before the next that it gets") {
  SendQueue queue;
  for (const auto& [channel, after, bytes] :
       {std::tuple{"a", 1U, "1"}, {"b", 2U, "2"}, {"a", 3U, "3"}, {"c", 4U, "4"}}) {
    queue.push(run(channel, after, bytes));
  }

  CHECK(queue.drop_oldest(1, kNever, gap).message_count == 3);

  CHECK(all_of(queue) == "<b>2<a>14");
}

TEST_CASE("SendQueue: what is no channel's stays, and keeps its place") {
  SendQueue queue;
  queue.push(shared("x"));
  queue.push(run("a", 1, "1"));
  queue.push(shared("y"));
  queue.push(run("a", 2, "2"));
  queue.push(shared("z"));
  queue.push(run("a", 3, "3"));

  CHECK(queue.drop_oldest(4, kNever, gap).made_room);

  CHECK(all_of(queue) == "xy<a>1z3");
}

TEST_CASE("SendQueue: a gap that still waits becomes part of the next") {
  SendQueue queue;
  queue.push(run("a", 1, "1111"));
  queue.push(run("b", 2, "2222"));
  queue.push(run("a", 3, "3333"));
  CHECK(queue.drop_oldest(8, kNever, gap).message_count == 1);
  queue.push(run("a", 4, "4444"));

  CHECK(queue.drop_oldest(4, kNever, gap).message_count == 2);

  CHECK(all_of(queue) == "<b>2<a>14444");
}

TEST_CASE("SendQueue: the newest frames stay, however large") {
  SendQueue queue;
  queue.push(run("a", 1, "old"));
  queue.push(run("a", 2, "larger than the limit"));

  const auto dropped = queue.drop_oldest(3, kNever, gap);

  CHECK(dropped.made_room);
  CHECK(all_of(queue) == "<a>1larger than the limit");
  CHECK(queue.drop_oldest(0, kNever, gap).message_count == 0);
}

TEST_CASE("SendQueue: makes no room where what is no channel's takes it") {
  SendQueue queue;
  queue.push(shared("a handler's own"));
  queue.push(run("a", 1, "1"));
  queue.push(shared("x"));

  CHECK_FALSE(queue.drop_oldest(5, kNever, gap).made_room);

  CHECK(all_of(queue) == "a handler's own<a>1x");
}

TEST_CASE("SendQueue: drops what waits too long, and no more") {
  SendQueue queue;
  queue.push(shared("x"));
  queue.push(run("a", 1, "1", 1s));
  queue.push(run("a", 2, "2", 2s));
  queue.push(run("a", 3, "3", 3s));
  CHECK_FALSE(queue.has_stale(SendQueue::Time{999ms}));
  CHECK(queue.has_stale(SendQueue::Time{1s}));

  CHECK(queue.drop_oldest(SIZE_MAX, SendQueue::Time{2s}, gap).message_count == 2);

  CHECK(all_of(queue) == "x<a>13");
  queue.push(run("a", 4, "newest", 4s));
  CHECK_FALSE(queue.has_stale(SendQueue::Time{5s}));
}

TEST_CASE("SendQueue: random drops leave each channel in order, with a gap at each hole") {
  std::mt19937 random{11};
  constexpr std::uint64_t kCount = 60;
  // Message 7 of channel a is "a7,", what is no channel's "-,"; "<a>6," tells of a gap after 6.
  const auto told = [](const std::string& channel, MessageId since) {
    return shared("<" + channel + ">" + std::to_string(since.ms) + ",");
  };
  for (int round = 0; round < 200; ++round) {
    SendQueue queue;
    std::string scratch, taken, channels(kCount + 1, ' ');
    std::size_t dropped_count = 0, got_count = 0;
    for (std::uint64_t n = 1; n <= kCount; ++n) {
      channels[n] = static_cast<char>('a' + random() % 3);
      const std::string channel(1, channels[n]);
      queue.push(run(channel, n - 1, channel + std::to_string(n) + ","));
      if (random() % 5 == 0) queue.push(shared("-,"));
      if (random() % 9 == 0) taken += queue.take(scratch, random() % 30).bytes;
      if (random() % 7 == 0) {
        dropped_count += queue.drop_oldest(random() % 40, kNever, told).message_count;
      }
    }
    taken += all_of(queue);

    std::map<char, std::uint64_t> last, gap_since;
    for (std::size_t at = 0; at < taken.size(); at = taken.find(',', at) + 1) {
      if (taken[at] == '-') continue;
      if (taken[at] == '<') {
        // One that was taken already is not joined with the next.
        gap_since.try_emplace(taken[at + 1], std::stoull(taken.substr(at + 3)));
        CHECK(gap_since[taken[at + 1]] >= last[taken[at + 1]]);
        continue;
      }
      const char channel = taken[at];
      const std::uint64_t number = std::stoull(taken.substr(at + 1));
      CHECK(number > last[channel]);
      const auto missing = channels.substr(0, number).find(channel, last[channel] + 1);
      if (missing != std::string::npos) {
        REQUIRE(gap_since.contains(channel));
        CHECK(gap_since[channel] < missing);
      }
      gap_since.erase(channel);
      last[channel] = number;
      ++got_count;
    }
    CHECK(got_count + dropped_count == kCount);
  }
}
