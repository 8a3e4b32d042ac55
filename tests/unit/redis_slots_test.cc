#include "redis/slots.h"

#include <set>

#include <catch2/catch.hpp>

using namespace wskit;

namespace {

std::vector<SlotRange> ranges_of(std::string_view bytes) {
  ReplyReader reader;
  reader.feed(bytes);
  const auto reply = reader.next();
  REQUIRE(std::holds_alternative<RedisReply>(reply));
  return parse_slots(std::get<RedisReply>(reply), {"asked", "1"});
}

}  // namespace

TEST_CASE("Redis slots: the slot is CRC-16/XMODEM of the key") {
  // The check value of that CRC is 0x31C3; the others are what CLUSTER KEYSLOT says.
  CHECK(key_slot("123456789") == 0x31C3);
  CHECK(key_slot("") == 0);
  CHECK(key_slot("foo") == 12182);
  CHECK(key_slot("wskit:*") == 8801);
  CHECK(key_slot("wskit:@\xE4\xBD\xA0") == 142);
}

TEST_CASE("Redis slots: a hash tag decides alone") {
  CHECK(key_slot("{foo}:1") == key_slot("foo"));
  CHECK(key_slot("a{foo}b{bar}") == key_slot("foo"));
  CHECK(hash_tag("{{foo}}") == "{foo");
  CHECK(hash_tag("}{foo}") == "foo");
  for (const std::string_view whole : {"a{}b", "{}{foo}", "a{foo", "a}foo", ""}) {
    CHECK(hash_tag(whole) == whole);
  }
}

TEST_CASE("Redis slots: channels of one prefix spread over all slots") {
  std::set<unsigned> slots;
  for (int n = 0; n < 200'000; ++n) slots.insert(key_slot("wskit:" + std::to_string(n)));
  CHECK(slots.size() == kSlotCount);
}

TEST_CASE("Redis slots: the map names the master of each range") {
  const auto ranges = ranges_of(
      "*2\r\n*4\r\n:0\r\n:99\r\n*3\r\n$1\r\na\r\n:7000\r\n$2\r\nid\r\n*2\r\n$1\r\nr\r\n:7003\r\n"
      "*3\r\n:100\r\n:100\r\n*2\r\n$0\r\n\r\n:7001\r\n");

  CHECK(find_master(ranges, 0) == RedisAddress{"a", "7000"});
  CHECK(find_master(ranges, 99) == RedisAddress{"a", "7000"});
  CHECK(find_master(ranges, 100) == RedisAddress{"asked", "7001"});
  CHECK(find_master(ranges, 101) == std::nullopt);
}

TEST_CASE("Redis slots: a map that is none has no ranges") {
  const std::string_view reply =
      GENERATE("-ERR This instance has cluster support disabled\r\n", "*0\r\n", "*-1\r\n", ":1\r\n",
               "*1\r\n*2\r\n:0\r\n:1\r\n", "*1\r\n*3\r\n:0\r\n:1\r\n*0\r\n",
               "*1\r\n*3\r\n:0\r\n:16384\r\n*2\r\n$1\r\na\r\n:1\r\n",
               "*1\r\n*3\r\n:-1\r\n:1\r\n*2\r\n$1\r\na\r\n:1\r\n",
               "*1\r\n*3\r\n:2\r\n:1\r\n*2\r\n$1\r\na\r\n:1\r\n");
  CHECK(ranges_of(reply).empty());
}
