#include "stamp.h"

#include <string>

#include <catch2/catch.hpp>

using std::chrono::nanoseconds;

namespace {

std::string stamped(const Stamp& stamp) {
  std::string text(kStampBytes, '\0');
  write_stamp(text.data(), stamp);
  return text;
}

const Stamp kStamp{.run = 0xbeef,
                   .sender = 0x1234,
                   .sequence = 0xfedcba98,
                   .due = nanoseconds{0x123456789abc},
                   .lag = nanoseconds{0xcba987654321}};

}  // namespace

TEST_CASE("Stamp: what is written is read, whatever is around it") {
  const std::string text = stamped(kStamp);
  StampReader reader;

  CHECK(reader.read(text) == kStamp);
  CHECK(reader.read("{\"data\":\"" + text + "xyz\"}") == kStamp);
  CHECK(reader.read(text + text) == kStamp);
  CHECK(reader.read("@ws@ @ws" + text) == std::nullopt);
}

TEST_CASE("Stamp: it survives JSON and text") {
  for (const char c : stamped(kStamp)) {
    CHECK((c == '@' || (c >= 'a' && c <= 'z')));
  }
}

TEST_CASE("Stamp: what is no stamp is not read") {
  const std::string text = stamped(kStamp);
  StampReader reader;

  CHECK(reader.read("") == std::nullopt);
  CHECK(reader.read("hello") == std::nullopt);
  CHECK(reader.read(text.substr(1)) == std::nullopt);
  CHECK(reader.read(text.substr(0, kStampBytes - 1)) == std::nullopt);
}

TEST_CASE("Stamp: every letter of it is checked") {
  const std::string text = stamped(kStamp);
  StampReader reader;

  for (std::size_t i = text.find_last_of('@') + 1; i < text.size(); ++i) {
    for (const char letter : {'q', 'z', '`', 'A', '\0', '\xe1'}) {
      std::string wrong = text;
      wrong[i] = letter;
      CHECK(reader.read(wrong) == std::nullopt);
    }
  }
}

TEST_CASE("Stamp: times are right across the end of their span") {
  const Stamp stamp{.due = kTimeSpan + nanoseconds{100}};
  StampReader reader;
  const auto read = reader.read(stamped(stamp));

  REQUIRE(read);
  CHECK(since(read->due, kTimeSpan + nanoseconds{350}) == nanoseconds{250});
  CHECK(since(kTimeSpan - nanoseconds{1}, kTimeSpan + nanoseconds{1}) == nanoseconds{2});
  CHECK(since(kTimeSpan + nanoseconds{1}, kTimeSpan - nanoseconds{1}) == nanoseconds{-2});
}
