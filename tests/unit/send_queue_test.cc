#include "core/send_queue.h"

#include <random>

#include <catch2/catch.hpp>

using wskit::SendQueue, wskit::SharedBytes;

namespace {

SharedBytes shared(std::string bytes) {
  return std::make_shared<const std::string>(std::move(bytes));
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
