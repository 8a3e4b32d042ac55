#include "wsd/hook_queue.h"

#include <catch2/catch.hpp>
#include <string>

using namespace std::chrono_literals;

namespace {

/// `count` events "0", "1" and so on.
HookQueue queue_of(int count, HookQueue::Limits limits = {}) {
  HookQueue queue{"node", limits};
  for (int i = 0; i < count; ++i) CHECK(queue.add(std::to_string(i)));
  return queue;
}

}  // namespace

TEST_CASE("HookEvent: an open, a close and messages in JSON") {
  HookEvent event{.session = "n-1",
                  .number = 1,
                  .user = "ann \"\n",
                  .time = std::chrono::system_clock::time_point{1'700'000'000'123ms},
                  .address = "192.0.2.1:4711",
                  .status = {1001, "bye"},
                  .payload = "text"};
  const std::string begin = R"(","session":"n-1","number":1,"user":"ann \"\n",)"
                            R"("time_ms":1700000000123,)";

  CHECK(hook_event_json(event) == R"({"type":"open)" + begin + R"("address":"192.0.2.1:4711"})");
  event.type = HookEvent::Type::close;
  CHECK(hook_event_json(event) == R"({"type":"close)" + begin + R"("code":1001,"reason":"bye"})");
  event.type = HookEvent::Type::message;
  CHECK(hook_event_json(event) == R"({"type":"message)" + begin + R"("text":"text"})");
  event.opcode = wskit::Opcode::binary;
  event.payload = std::string("\0\xff", 2);
  CHECK(hook_event_json(event) == R"({"type":"message)" + begin + R"("base64":"AP8="})");
}

TEST_CASE("HookEvent: bytes that are no text do no harm") {
  HookEvent event{.session = "s", .user = "\xff"};

  CHECK(hook_event_json(event).find("\"user\":\"\xEF\xBF\xBD\"") != std::string::npos);
}

TEST_CASE("HookQueue: a batch is the same until it is taken off") {
  HookQueue queue = queue_of(2);

  CHECK(queue.batch() == R"({"node":"node","batch":1,"events":[0,1]})");
  CHECK(queue.add("2"));
  CHECK(queue.batch() == R"({"node":"node","batch":1,"events":[0,1]})");
  CHECK(queue.batch_size() == 2);
  CHECK(queue.size() == 3);
  queue.remove_batch();
  CHECK(queue.batch() == R"({"node":"node","batch":2,"events":[2]})");
  queue.remove_batch();
  CHECK(queue.is_empty());
  CHECK(queue.batch_number() == 3);
}

TEST_CASE("HookQueue: batches have so many events and bytes") {
  HookQueue by_count = queue_of(250);
  // {"node":"node","batch":1,"events":[0,1]} has 40 bytes.
  HookQueue by_bytes = queue_of(5, {.max_batch_bytes = 40});

  for (const std::size_t expected : {100U, 100U, 50U}) {
    by_count.batch();
    CHECK(by_count.batch_size() == expected);
    by_count.remove_batch();
  }
  for (const std::size_t expected : {2U, 2U, 1U}) {
    CHECK(by_bytes.batch().size() <= 40);
    CHECK(by_bytes.batch_size() == expected);
    by_bytes.remove_batch();
  }
}

TEST_CASE("HookQueue: an event larger than a batch goes alone") {
  HookQueue queue = queue_of(1, {.max_batch_bytes = 50});
  const std::string large(100, '1');
  CHECK(queue.add(large));
  CHECK(queue.add("2"));

  queue.batch();
  CHECK(queue.batch_size() == 1);
  queue.remove_batch();
  CHECK(queue.batch().find(large) != std::string::npos);
  CHECK(queue.batch_size() == 1);
}

TEST_CASE("HookQueue: what does not fit is refused and counted, until there is room") {
  HookQueue by_count = queue_of(2, {.max_events = 2});
  HookQueue by_bytes = queue_of(2, {.max_bytes = 2});

  for (HookQueue* queue : {&by_count, &by_bytes}) {
    CHECK_FALSE(queue->add("x"));
    CHECK_FALSE(queue->add("y"));
    CHECK(queue->dropped() == 2);
    queue->batch();
    queue->remove_batch();
    CHECK(queue->add("z"));
    CHECK(queue->batch() == R"({"node":"node","batch":2,"events":[z]})");
  }
}

TEST_CASE("HookQueue: a node's name is escaped") {
  HookQueue queue{"a\"b"};
  CHECK(queue.add("1"));

  CHECK(queue.batch() == R"({"node":"a\"b","batch":1,"events":[1]})");
}
