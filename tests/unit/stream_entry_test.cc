#include "redis/stream_entry.h"

#include <catch2/catch.hpp>

using namespace wskit;

namespace {

RedisReply reply_of(std::string_view bytes) {
  ReplyReader reader;
  reader.feed(bytes);
  auto reply = reader.next();
  REQUIRE(std::holds_alternative<RedisReply>(reply));
  return std::get<RedisReply>(std::move(reply));
}

RedisReply bulk(std::string text) {
  RedisReply reply;
  reply.kind = RedisReply::Kind::bulk;
  reply.text = std::move(text);
  return reply;
}

RedisReply array(std::vector<RedisReply> elements) {
  RedisReply reply;
  reply.kind = RedisReply::Kind::array;
  reply.elements = std::move(elements);
  return reply;
}

RedisReply entry(std::vector<std::string> fields, std::string id = "5-1") {
  std::vector<RedisReply> values;
  for (std::string& field : fields) values.push_back(bulk(std::move(field)));
  return array({bulk(std::move(id)), array(std::move(values))});
}

SharedMessage message_of(std::vector<std::string> fields) {
  const auto parsed = parse_stream_entry(entry(std::move(fields)), 100);
  REQUIRE(parsed);
  CHECK(parsed->id == MessageId{5, 1});
  return parsed->message;
}

}  // namespace

TEST_CASE("StreamEntry: channel, data and type make a message") {
  const auto text = message_of({"c", "news", "d", "hi"});
  REQUIRE(text);
  CHECK(text->channel == "news");
  CHECK(text->message.payload() == "hi");
  CHECK(text->id == MessageId{5, 1});
  CHECK(message_of({"c", "*", "d", "\xFF"})->message.opcode() == Opcode::binary);
  CHECK(message_of({"d", "[1]", "x", "y", "t", "json", "c", "@ann"})->message.is_json());
  CHECK(message_of({"c", "a", "d", "x", "t", "binary"})->message.opcode() == Opcode::binary);
}

TEST_CASE("StreamEntry: what is no message is skipped, with its id") {
  CHECK_FALSE(message_of({}));
  CHECK_FALSE(message_of({"c", "news"}));
  CHECK_FALSE(message_of({"d", "x"}));
  CHECK_FALSE(message_of({"c", "no name", "d", "x"}));
  CHECK_FALSE(message_of({"c", "news", "d", std::string(101, 'x')}));
  CHECK_FALSE(message_of({"c", "news", "d", "{", "t", "json"}));
  CHECK_FALSE(message_of({"c", "news", "d", "\xFF", "t", "text"}));
  CHECK_FALSE(message_of({"c", "news", "d", "x", "t", "other"}));
  CHECK_FALSE(message_of({"c", "news", "d"}));
}

TEST_CASE("StreamEntry: what is no entry is none") {
  CHECK_FALSE(parse_stream_entry(bulk("x"), 100));
  CHECK_FALSE(parse_stream_entry(entry({}, "5"), 100));
  CHECK_FALSE(parse_stream_entries(bulk("x"), 100));
  CHECK(parse_stream_entries(array({}), 100)->empty());
}

TEST_CASE("StreamInfo: is read from XINFO STREAM") {
  const auto info = parse_stream_info(
      reply_of("*8\r\n$6\r\nlength\r\n:2\r\n$17\r\nlast-generated-id\r\n$3\r\n9-0\r\n"
               "$13\r\nentries-added\r\n:7\r\n$11\r\nfirst-entry\r\n"
               "*2\r\n$3\r\n8-0\r\n*2\r\n$1\r\nc\r\n$1\r\na\r\n"));
  REQUIRE(info);
  CHECK(info->last_id == MessageId{9, 0});
  CHECK(info->added_count == 7);
  CHECK(info->first_id == MessageId{8, 0});

  CHECK(parse_stream_info(reply_of("-ERR no such key\r\n"))->added_count == 0);
  CHECK_FALSE(parse_stream_info(reply_of("-WRONGTYPE x\r\n")));
  CHECK_FALSE(parse_stream_info(reply_of("*0\r\n")));
}

TEST_CASE("StreamInfo: knows how far the log reaches back") {
  const StreamInfo trimmed{{9, 0}, 7, 2, MessageId{8, 0}};
  CHECK(trimmed.reaches_back_to({8, 0}));
  CHECK(trimmed.reaches_back_to({9, 0}));
  CHECK_FALSE(trimmed.reaches_back_to({7, 0}));
  CHECK_FALSE(trimmed.reaches_back_to({9, 1}));
  CHECK_FALSE(trimmed.reaches_back_to({}));

  const StreamInfo whole{{9, 0}, 2, 2, MessageId{8, 0}};
  CHECK(whole.reaches_back_to({}));
  CHECK_FALSE(whole.reaches_back_to({7, 0}));

  const StreamInfo emptied{{9, 0}, 7, 0, std::nullopt};
  CHECK(emptied.reaches_back_to({9, 0}));
  CHECK_FALSE(emptied.reaches_back_to({8, 0}));

  CHECK(StreamInfo{}.reaches_back_to({}));
  CHECK_FALSE(StreamInfo{}.reaches_back_to({1, 0}));
}

TEST_CASE("StreamKeys: all have the log's hash tag") {
  const StreamKeys keys{"wskit:"};
  CHECK(keys.log == "wskit:log");
  CHECK(keys.probe == "{wskit:log}:probe");
  CHECK(keys.of_idempotency("k") == "{wskit:log}:key:k");
}

TEST_CASE("error_word: gives the code alone") {
  CHECK(error_word(reply_of("-OOM command not allowed\r\n")) == "OOM");
  CHECK(error_word(reply_of("-secret text\r\n")).empty());
}
