// How wsc shows messages.

#include <catch2/catch.hpp>

#include "hex_dump.h"
#include "json_indent.h"
#include "redact.h"
#include "transcript.h"

using namespace std::chrono_literals;

namespace {

constexpr std::chrono::system_clock::time_point kTime{1'700'000'000'123'456us};

}  // namespace

TEST_CASE("indent_json: only white space changes") {
  CHECK(indent_json(R"({"b":1.0,"a":[1e30,"x, {y"],"a":{}})") ==
        "{\n  \"b\": 1.0,\n  \"a\": [\n    1e30,\n    \"x, {y\"\n  ],\n  \"a\": {}\n}");
  CHECK(indent_json(" [ ] ") == "[]");
  CHECK(indent_json(R"([[],[ {} ],"\"]"])") == "[\n  [],\n  [\n    {}\n  ],\n  \"\\\"]\"\n]");
}

TEST_CASE("indent_json: what is no object or array stays") {
  for (const char* text : {"", " ", "1", "\"a\"", "{", "[1,]", "{\"a\":1} x"}) {
    CHECK(indent_json(text) == std::nullopt);
  }
  CHECK(indent_json(std::string_view{"{}\0}", 4}) == std::nullopt);
}

TEST_CASE("indent_json: what is nested so deep that it would grow without bound stays") {
  const std::string deep = std::string(60'000, '[') + std::string(60'000, ']');
  const std::string usual = std::string(100, '[') + std::string(100, ']');

  CHECK_FALSE(indent_json(deep));
  CHECK(indent_json(usual));
}

TEST_CASE("hex_dump: sixteen bytes a line, with what is ASCII") {
  CHECK(hex_dump("0123456789abcdef\x7f\n") ==
        "00000000  30 31 32 33 34 35 36 37  38 39 61 62 63 64 65 66  |0123456789abcdef|\n"
        "00000010  7f 0a                                             |..|\n");
  CHECK(hex_dump("").empty());
}

TEST_CASE("transcript_line: text, what is not text, and how it closed") {
  CHECK(
      transcript_line({.time = kTime, .payload = "a\"\n"}) ==
      R"({"time":"2023-11-14T22:13:20.123456Z","direction":"in","opcode":"text","data":"a\"\n"})");
  CHECK(
      transcript_line({.time = kTime,
                       .direction = Direction::out,
                       .kind = TranscriptEntry::Kind::binary,
                       .payload = "\xff"}) ==
      R"({"time":"2023-11-14T22:13:20.123456Z","direction":"out","opcode":"binary","base64":"/w=="})");
  CHECK(
      transcript_line({.time = kTime,
                       .kind = TranscriptEntry::Kind::close,
                       .payload = "idle",
                       .close_code = 4408}) ==
      R"({"time":"2023-11-14T22:13:20.123456Z","direction":"in","opcode":"close","code":4408,"reason":"idle"})");
}

TEST_CASE("parse_transcript_line: reads what transcript_line() writes") {
  for (const TranscriptEntry entry :
       {TranscriptEntry{.time = kTime, .direction = Direction::out, .payload = "你好\n"},
        TranscriptEntry{
            .time = kTime, .kind = TranscriptEntry::Kind::binary, .payload = "\xff\x01"},
        TranscriptEntry{.time = kTime,
        .kind = TranscriptEntry::Kind::close,
        .payload = "idle",
        .close_code = 4408}}) {
    const auto read = parse_transcript_line(transcript_line(entry));

    REQUIRE(read);
    CHECK(read->time == entry.time);
    CHECK(read->direction == entry.direction);
    CHECK(read->kind == entry.kind);
    CHECK(read->payload == entry.payload);
    CHECK(read->close_code == entry.close_code);
  }
}

TEST_CASE("parse_transcript_line: refuses everything else") {
  const std::string time = R"("time":"2023-11-14T22:13:20.123456Z")";
  for (const std::string& line :
       {std::string{
            R"({"time":"9023-11-14T22:13:20.123456Z","direction":"in","opcode":"text","data":""})"},
        std::string{}, std::string{"[]"}, "{" + time + "}",
        "{" + time + R"(,"direction":"up","opcode":"text","data":""})",
        "{" + time + R"(,"direction":"in","opcode":"text","data":1})",
        "{" + time + R"(,"direction":"in","opcode":"binary","base64":"a"})",
        "{" + time + R"(,"direction":"in","opcode":"close","reason":"","code":-1})",
        "{" + time + R"(,"direction":"in","opcode":"close","reason":"","code":70000})",
        std::string{
            R"({"time":"2023-11-14T22:13:20Z","direction":"in","opcode":"text","data":""})"}}) {
    CHECK_FALSE(parse_transcript_line(line));
  }
}

TEST_CASE("redact: credentials in headers and URLs are hidden, nothing else") {
  CHECK(redact_header("Authorization: Bearer x") == "Authorization: [hidden]");
  CHECK(redact_header("set-cookie: a=b") == "set-cookie: [hidden]");
  CHECK(redact_header("Host: example.com") == "Host: example.com");
  CHECK(redact_header("location: /x?token=a&b=c") == "location: /x?token=[hidden]&b=c");
  CHECK(redact_url("GET /ws?access_token=abc&room=1&SIG=2 HTTP/1.1") ==
        "GET /ws?access_token=[hidden]&room=1&SIG=[hidden] HTTP/1.1");
  CHECK(redact_url("GET /token HTTP/1.1") == "GET /token HTTP/1.1");
  CHECK(redact_header("X-Access-Token: x") == "X-Access-Token: [hidden]");
  CHECK(redact_header("Api-Key: x") == "Api-Key: [hidden]");
  CHECK(redact_header("Sec-WebSocket-Key: x") == "Sec-WebSocket-Key: x");
  CHECK(redact_header("www-authenticate: Basic") == "www-authenticate: Basic");
  CHECK(redact_header("location: ws://me:pass@h/?code=1") ==
        "location: ws://[hidden]@h/?code=[hidden]");
  CHECK(redact_header("Sec-WebSocket-Protocol: graphql-ws, " + std::string(40, 'e')) ==
        "Sec-WebSocket-Protocol: graphql-ws, [hidden]");
}
