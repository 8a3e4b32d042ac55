#include "payload.h"

#include <set>

#include <catch2/catch.hpp>

TEST_CASE("Payload: of a size, it is stamped, printable and always the same") {
  Payload payload{{.min_bytes = 100, .max_bytes = 100}};
  const Stamp stamp{.run = 1, .sender = 2, .sequence = 3};
  const std::string text{payload.make(stamp, 2).payload};
  StampReader reader;

  CHECK(payload.is_stamped());
  CHECK(text.size() == 100);
  CHECK(reader.read(text) == stamp);
  CHECK(payload.matches({wskit::Opcode::text, text}, stamp));
  CHECK_FALSE(payload.matches({wskit::Opcode::binary, text}, stamp));
  CHECK_FALSE(payload.matches({wskit::Opcode::text, text.substr(1)}, stamp));
  std::string changed = text;
  changed.back() ^= 1;
  CHECK_FALSE(payload.matches({wskit::Opcode::text, changed}, stamp));
}

TEST_CASE("Payload: too small for a stamp, it is constant") {
  Payload payload{{.min_bytes = kStampBytes - 1, .max_bytes = kStampBytes - 1}};

  CHECK_FALSE(payload.is_stamped());
  CHECK(payload.is_constant());
  const std::string text{payload.make({}, 0).payload};
  CHECK(text.size() == kStampBytes - 1);
  CHECK(payload.matches({wskit::Opcode::text, text}, {}));
}

TEST_CASE("Payload: sizes of a range are all used, and known again") {
  Payload payload{{.min_bytes = 50, .max_bytes = 59}};
  std::set<std::size_t> sizes;
  for (std::uint32_t i = 0; i < 500; ++i) {
    const Stamp stamp{.sender = 9, .sequence = i};
    const wskit::MessageView message = payload.make(stamp, 9);
    sizes.insert(message.payload.size());
    CHECK(payload.matches(message, stamp));
  }
  CHECK(sizes.size() == 10);
  CHECK(*sizes.begin() == 50);
  CHECK(*sizes.rbegin() == 59);
}

TEST_CASE("Payload: several messages take turns, as templates too") {
  Payload plain{{.messages = {"a", "b"}, .is_binary = true}};
  Payload filled{{.messages = {"{{seq}}", "c{{conn}}"}, .is_template = true}};

  CHECK(plain.make({.sequence = 0}, 5).payload == "a");
  CHECK(plain.make({.sequence = 3}, 5).payload == "b");
  CHECK(plain.make({}, 5).opcode == wskit::Opcode::binary);
  CHECK(filled.make({.sequence = 4}, 5).payload == "4");
  CHECK(filled.make({.sequence = 5}, 5).payload == "c5");
}
