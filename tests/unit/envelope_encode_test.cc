#include "core/envelope_encode.h"

#include <catch2/catch.hpp>

using namespace wskit;
using namespace std::string_literals;

namespace {

std::string encoded(const Message& message, Encoding encoding, MessageId id = {7, 1}) {
  std::string bytes;
  append_encoded(bytes, {"news", message, id}, encoding);
  return bytes;
}

}  // namespace

TEST_CASE("Envelope: a plain message is its frame") {
  CHECK(encoded(Message::text("hi"), Encoding::plain) == "\x81\x02hi");
  CHECK(encoded(Message::json("[1]"), Encoding::plain) == "\x81\x03[1]");
  CHECK(encoded(Message::binary("\x00\xFF"s), Encoding::plain) == "\x82\x02\x00\xFF"s);
}

TEST_CASE("Envelope: with ids, the id and a line feed come first") {
  CHECK(encoded(Message::text("hi"), Encoding::plain_with_ids) ==
        "\x81\x06"
        "7-1\nhi");
  CHECK(encoded(Message::binary("\x00"s), Encoding::plain_with_ids) ==
        "\x82\x05"
        "7-1\n\x00"s);
}

TEST_CASE("Envelope: JSON is carried verbatim, text escaped, bytes as base64") {
  const auto object = [](const Message& message, MessageId id = {7, 1}) {
    return encoded(message, Encoding::json, id).substr(2);
  };
  CHECK(object(Message::json("{\"b\":1.0, \"a\":1,\"a\":2}")) ==
        R"({"type":"message","channel":"news","id":"7-1","data":{"b":1.0, "a":1,"a":2}})");
  CHECK(object(Message::text("say \"hi\"\n")) ==
        R"({"type":"message","channel":"news","id":"7-1","text":"say \"hi\"\n"})");
  CHECK(object(Message::binary("\x00\xFF"s)) ==
        R"({"type":"message","channel":"news","id":"7-1","base64":"AP8="})");
  CHECK(object(Message::text("x"), {}) == R"({"type":"message","channel":"news","text":"x"})");
}

TEST_CASE("Envelope: an event has one line of data for each line of the JSON") {
  CHECK(encoded(Message::json("[1,\n2,\r\n3,\r4]"), Encoding::sse) ==
        "id: 7-1\n"
        "data: {\"type\":\"message\",\"channel\":\"news\",\"id\":\"7-1\",\"data\":[1,\n"
        "data: 2,\n"
        "data: 3,\n"
        "data: 4]}\n\n");
}

TEST_CASE("Envelope: a gap names its channel, quoted, and the last id") {
  CHECK(gap_object("@o\"k", {3, 4}) == R"({"type":"gap","channel":"@o\"k","since":"3-4"})");
  CHECK(gap_object("news", {}) == R"({"type":"gap","channel":"news"})");
}

TEST_CASE("Envelope: a gap is a text frame or an event") {
  std::string bytes;
  append_gap(bytes, "a", {3, 4}, Encoding::json);
  CHECK(bytes == "\x81\x2a" + gap_object("a", {3, 4}));
  bytes.clear();
  append_gap(bytes, "a", {3, 4}, Encoding::sse);
  CHECK(bytes == "event: gap\ndata: " + gap_object("a", {3, 4}) + "\n\n");
}
