#include <wskit/message.h>

#include <random>

#include <catch2/catch.hpp>

#include "core/message_ids.h"

using wskit::Message, wskit::MessageIds, wskit::Opcode;

namespace {

std::pair<std::uint64_t, std::uint64_t> parts(const std::string& id) {
  const auto dash = id.find('-');
  REQUIRE(dash != std::string::npos);
  return {std::stoull(id.substr(0, dash)), std::stoull(id.substr(dash + 1))};
}

}  // namespace

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
  CHECK(ids.next(1000) == "1000-0");
  CHECK(ids.next(1000) == "1000-1");
  CHECK(ids.next(1001) == "1001-0");
}

TEST_CASE("MessageIds: grow also when the clock steps back") {
  MessageIds ids;
  CHECK(ids.next(5000) == "5000-0");
  CHECK(ids.next(4000) == "5000-1");
  CHECK(ids.next(5000) == "5000-2");
  CHECK(ids.next(5001) == "5001-0");
}

TEST_CASE("MessageIds: grow strictly, whatever the clock does") {
  std::mt19937 random{11};
  MessageIds ids;
  auto last = parts(ids.next(0));
  std::uint64_t clock = 1000;
  for (int i = 0; i < 2000; ++i) {
    clock = clock + random() % 7 - random() % 6;
    const auto next = parts(ids.next(clock));
    CHECK(next > last);
    last = next;
  }
}
