#include "redis/reply.h"

#include <random>

#include <catch2/catch.hpp>

using namespace wskit;
using namespace std::string_literals;
using Kind = RedisReply::Kind;
using Strings = std::vector<std::string>;

namespace {

std::string describe(const RedisReply& reply) {
  switch (reply.kind) {
    case Kind::nil:
      return "nil";
    case Kind::status:
      return "+" + reply.text;
    case Kind::error:
      return "-" + reply.text;
    case Kind::integer:
      return ":" + std::to_string(reply.integer);
    case Kind::bulk:
      return "$" + reply.text;
    case Kind::array:
      break;
  }
  std::string text = "[";
  for (const RedisReply& element : reply.elements) text += describe(element) + " ";
  return text + "]";
}

/// Adds every reply that is whole; a malformed one is "malformed".
void take_all(ReplyReader& reader, Strings& replies) {
  while (true) {
    const auto next = reader.next();
    if (std::holds_alternative<ReplyReader::NeedMore>(next)) return;
    const auto* reply = std::get_if<RedisReply>(&next);
    replies.push_back(reply == nullptr ? "malformed" : describe(*reply));
    if (reply == nullptr) return;
  }
}

Strings replies_in(std::initializer_list<std::string_view> pieces) {
  ReplyReader reader;
  Strings replies;
  for (const std::string_view piece : pieces) {
    reader.feed(piece);
    take_all(reader, replies);
  }
  return replies;
}

const std::string kBytes =
    "+OK\r\n-ERR no\r\n:-42\r\n$5\r\na\r\nb\0\r\n$0\r\n\r\n$-1\r\n*-1\r\n*0\r\n"
    "*3\r\n$7\r\nmessage\r\n*2\r\n:1\r\n$-1\r\n+x\r\n:9223372036854775807\r\n"s;

const Strings kReplies{"+OK",
                       "-ERR no",
                       ":-42",
                       "$a\r\nb\0"s,
                       "$",
                       "nil",
                       "nil",
                       "[]",
                       "[$message [:1 nil ] +x ]",
                       ":9223372036854775807"};

}  // namespace

TEST_CASE("ReplyReader: every split of all kinds of replies gives the same replies") {
  CHECK(replies_in({kBytes}) == kReplies);
  for (std::size_t cut = 0; cut <= kBytes.size(); ++cut) {
    CHECK(replies_in({kBytes.substr(0, cut), kBytes.substr(cut)}) == kReplies);
  }
}

TEST_CASE("ReplyReader: single bytes give the same replies") {
  ReplyReader reader;
  Strings replies;
  for (const char c : kBytes) {
    reader.feed({&c, 1});
    take_all(reader, replies);
  }
  CHECK(replies == kReplies);
}

TEST_CASE("ReplyReader: garbage is malformed, after what was sound") {
  const std::string garbage =
      GENERATE("HTTP/1.1 400 Bad Request\r\n", "\r\n", "x", "$x\r\n", "$-2\r\n", ":x\r\n", "*x\r\n",
               "*-2\r\n", "*2\r\n+a\r\n?", "\x16\x03\x01");
  INFO(garbage);

  CHECK(replies_in({"+OK\r\n", garbage}) == Strings{"+OK", "malformed"});
  CHECK(replies_in({"+OK\r\n" + garbage}) == Strings{"+OK", "malformed"});
}

TEST_CASE("ReplyReader: stays malformed") {
  CHECK(replies_in({"?", "+OK\r\n", "+OK\r\n"}) == Strings{"malformed", "malformed", "malformed"});
}

TEST_CASE("ReplyReader: announced sizes cost no memory") {
  std::string longest = "*100000\r\n";
  for (int i = 0; i < 100000; ++i) longest += ":1\r\n";
  CHECK(replies_in({longest}).front().starts_with("[:1 "));
  CHECK(replies_in({"*2147483647\r\n:1\r\n"}).empty());
  CHECK(replies_in({"*2000000000\r\n*2000000000\r\n*2000000000\r\n:1\r\n"}).empty());
  CHECK(replies_in({"*2\r\n*4294967296\r\n"}) == Strings{"malformed"});
  CHECK(replies_in({"$500000000\r\nabc"}).empty());
  CHECK(replies_in({"$99999999999999999999\r\n"}) == Strings{"malformed"});
}

TEST_CASE("ReplyReader: random bytes do no harm and are judged like the whole") {
  std::mt19937 random{6379};
  const std::string interesting = "+-:$*0123\r\n\r\n\r\nx";
  for (int round = 0; round < 3000; ++round) {
    std::string bytes(1 + random() % 30, '\0');
    for (char& c : bytes) c = interesting[random() % interesting.size()];
    const std::size_t cut = random() % (bytes.size() + 1);
    Strings split = replies_in({bytes.substr(0, cut), bytes.substr(cut)});
    if (split.size() > 1 && split[split.size() - 2] == "malformed") split.pop_back();
    if (split != replies_in({bytes})) FAIL_CHECK(Catch::Detail::stringify(bytes));
  }
}

TEST_CASE("append_command: writes words of any bytes with their lengths") {
  const std::vector<std::string_view> words{"PUBLISH", "", std::string_view{"a\r\n\0b", 5}};

  std::string out;
  append_command(out, words);
  CHECK(out == "*3\r\n$7\r\nPUBLISH\r\n$0\r\n\r\n$5\r\na\r\n\0b\r\n"s);
}
