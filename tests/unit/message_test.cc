#include <wskit/message.h>

#include <random>

#include <catch2/catch.hpp>

#include "core/message_log.h"

using wskit::Message, wskit::MessageId, wskit::MessageIds, wskit::Opcode;

TEST_CASE("Message: carries its bytes as one unmasked frame") {
  CHECK(*Message::text("Hello").frame() == "\x81\x05Hello");
  CHECK(*Message::binary("").frame() == std::string("\x82\x00", 2));
  for (const std::size_t size : {0UL, 125UL, 126UL, 65535UL, 65536UL}) {
    const std::string bytes(size, 'x');
    const Message message = Message::binary(bytes);
    CHECK(message.payload() == bytes);
    CHECK(message.view().payload == bytes);
    CHECK(message.opcode() == Opcode::binary);
    CHECK(message.frame()->size() == size + (size < 126 ? 2 : size < 65536 ? 4 : 10));
  }
}

TEST_CASE("Message: copies share their bytes") {
  const Message message = Message::text("shared");
  const Message copy = message;

  CHECK(copy.frame() == message.frame());
  CHECK(copy.payload() == "shared");
  CHECK(copy.opcode() == Opcode::text);
}

TEST_CASE("MessageIds: count up within a millisecond") {
  MessageIds ids;
  CHECK(ids.next(1000) == MessageId{1000, 0});
  CHECK(ids.next(1000) == MessageId{1000, 1});
  CHECK(ids.next(1001) == MessageId{1001, 0});
}

TEST_CASE("MessageIds: grow also when the clock steps back") {
  MessageIds ids;
  CHECK(ids.next(5000) == MessageId{5000, 0});
  CHECK(ids.next(4000) == MessageId{5000, 1});
  CHECK(ids.next(5000) == MessageId{5000, 2});
  CHECK(ids.next(5001) == MessageId{5001, 0});
}

TEST_CASE("MessageIds: grow strictly, whatever the clock does") {
  std::mt19937 random{11};
  MessageIds ids;
  MessageId last = ids.next(0);
  std::uint64_t clock = 1000;
  for (int i = 0; i < 2000; ++i) {
    clock = clock + random() % 7 - random() % 6;
    const MessageId next = ids.next(clock);
    CHECK(next > last);
    last = next;
  }
}

TEST_CASE("MessageId: is written and read as <ms>-<seq>") {
  CHECK(MessageId{1000, 7}.text() == "1000-7");
  CHECK(MessageId::parse("1000-7") == MessageId{1000, 7});
  CHECK(MessageId::parse(MessageId::last().text()) == MessageId::last());
  for (const char* text : {"", "-", "1", "1-", "-1", "1-2-3", "a-1", "1-b", " 1-2", "1-2 ", "+1-2",
                           "0x1-2", "18446744073709551616-0", "1--2"}) {
    INFO(text);
    CHECK_FALSE(MessageId::parse(text));
  }
}

TEST_CASE("MessageId: the id before another is the greatest below it") {
  CHECK(MessageId{1000, 7}.before() == MessageId{1000, 6});
  CHECK(MessageId{1000, 0}.before() == MessageId{999, UINT64_MAX});
  CHECK(MessageId{0, 1}.before() == MessageId{});
  CHECK(MessageId{}.before() == MessageId{});
}
