#include "lab_frame.h"

#include <wskit/error.h>
#include <catch2/catch.hpp>

using namespace std::string_literals;

namespace {

std::string bytes_of(const char* text) {
  return parse_lab_frame(text, 0).encode();
}

}  // namespace

TEST_CASE("RFC 6455 5.7: a masked and an unmasked hello") {
  CHECK(bytes_of("mask=37fa213d Hello") == "\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58"s);
  CHECK(bytes_of("mask=none Hello") == "\x81\x05Hello"s);
  CHECK(bytes_of("mask=none nofin Hel") == "\x01\x03Hel"s);
  CHECK(bytes_of("mask=none op=cont lo") == "\x80\x02lo"s);
}

TEST_CASE("LabFrame: says what is asked for, right or wrong") {
  CHECK(bytes_of("mask=none rsv1 rsv3 op=11 hex:00 ff") == "\xdb\x02\x00\xff"s);
  CHECK(bytes_of("mask=none len=5") == "\x81\x05"s);
  CHECK(bytes_of("mask=none bits=16 a") == "\x81\x7e\x00\x01"s + "a");
  CHECK(bytes_of("mask=none bits=64 a") == "\x81\x7f\x00\x00\x00\x00\x00\x00\x00\x01"s + "a");
  CHECK(bytes_of("mask=none len=18446744073709551615") == "\x81\x7f" + std::string(8, '\xff'));
  CHECK(parse_lab_frame(std::string(126, 'a'), 0).encode().starts_with("\x81\xfe\x00\x7e"s));
  CHECK(bytes_of("mask=none a op=ping") == "\x81\x09"s + "a op=ping");
}

TEST_CASE("parse_lab_frame: bad values are named") {
  for (const char* text : {"op=16", "op=x", "mask=123456789", "len=-1", "hex:0"}) {
    CHECK_THROWS_AS(parse_lab_frame(text, 0), wskit::Error);
  }
  CHECK(parse_lab_frame("len", 0).payload == "len");
}

TEST_CASE("parse_hex: pairs of digits, with or without spaces") {
  CHECK(parse_hex("00 ffA1") == "\x00\xff\xa1"s);
  CHECK(parse_hex("") == "");
  CHECK_FALSE(parse_hex("0"));
  CHECK_FALSE(parse_hex("0 0"));
  CHECK_FALSE(parse_hex("+1"));
}
