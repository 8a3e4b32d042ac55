#include "resume_position.h"

#include <catch2/catch.hpp>

TEST_CASE("ResumePosition: the last id of plain messages goes into the URL") {
  ResumePosition position;
  CHECK(position.url("ws://h/p?a=1") == "ws://h/p?a=1");

  position.take("1-2\nhello");
  position.take("no id");
  position.take("3-4");

  CHECK(position.url("ws://h/p?a=1") == "ws://h/p?a=1&since=1-2");
  CHECK(position.url("ws://h/p#x") == "ws://h/p?since=1-2");
  CHECK(position.url("ws://h/p?since=0-1&a=1") == "ws://h/p?since=1-2&a=1");
}

TEST_CASE("reconnect_hint: the time that wsd asks for, and nothing else") {
  CHECK(reconnect_hint(R"({"type":"reconnect","after_ms":4200})") ==
        std::chrono::milliseconds{4200});
  for (const char* text : {"reconnect", R"({"type":"message","text":"reconnect","after_ms":1})",
                           R"({"type":"reconnect"})", R"({"type":"reconnect","after_ms":-1})",
                           R"({"type":"reconnect","after_ms":1e99})", R"({"type":"reconnect",)"}) {
    CHECK_FALSE(reconnect_hint(text));
  }
}

TEST_CASE("ResumePosition: of JSON the id, and the cursor before the first") {
  ResumePosition position;
  position.take(R"({"type":"welcome","cursor":"5-0"})");
  CHECK(position.url("h") == "h?since=5-0");

  position.take(R"({"type":"message","id":"6-1"})");
  position.take(R"({"type":"reply","result":{"cursor":"9-9"},"cursor":"9-9"})");
  position.take(R"({"id":"6-1&evil=1"})");
  position.take(R"({"id":7})");
  position.take("{");

  CHECK(position.url("h") == "h?since=6-1");
}
