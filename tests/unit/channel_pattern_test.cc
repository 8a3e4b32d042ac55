#include <wskit/channel_pattern.h>

#include <catch2/catch.hpp>

using wskit::ChannelPattern;

namespace {

bool matches(const char* pattern, const std::string& channel, const char* user = "ann") {
  INFO(pattern << " and " << channel);
  const auto parsed = ChannelPattern::parse(pattern);
  REQUIRE(parsed);
  return parsed->matches(channel, user);
}

}  // namespace

TEST_CASE("ChannelPattern: literal names match themselves alone") {
  CHECK(matches("news", "news"));
  CHECK_FALSE(matches("news", "new"));
  CHECK_FALSE(matches("news", "newss"));
  CHECK_FALSE(matches("news", "News"));
}

TEST_CASE("ChannelPattern: * stays between separators, ** does not") {
  CHECK(matches("room:*", "room:1"));
  CHECK(matches("room:*", "room:"));
  CHECK_FALSE(matches("room:*", "room:1:chat"));
  CHECK_FALSE(matches("room:*", "room:1/chat"));
  CHECK_FALSE(matches("room:*", "room:1.chat"));
  CHECK(matches("room:*:chat", "room:1:chat"));
  CHECK(matches("a*c", "abbc"));
  CHECK(matches("public:**", "public:a:b/c.d"));
  CHECK_FALSE(matches("public:**", "public"));
  CHECK(matches("**:x", "a:b:x"));
  CHECK(matches("**", "anything:at/all"));
}

TEST_CASE("ChannelPattern: {user} is the user, taken literally") {
  CHECK(matches("user:{user}:*", "user:ann:mail"));
  CHECK_FALSE(matches("user:{user}:*", "user:bob:mail"));
  CHECK_FALSE(matches("user:{user}", "user:x", "*"));
  CHECK_FALSE(matches("user:{user}", "user:", ""));
  CHECK(matches("{user}.{user}", "ann.ann"));
}

TEST_CASE("ChannelPattern: never matches what is no channel's name") {
  for (const char* name : {"*", "@ann", "", "a b", "!probe"}) CHECK_FALSE(matches("**", name));
}

TEST_CASE("ChannelPattern: what no channel can match is refused") {
  for (const char* text : {"", "a b", "@x", "{users}", "{user", "a!"}) {
    INFO(text);
    CHECK_FALSE(ChannelPattern::parse(text));
  }
}

TEST_CASE("ChannelPattern: many stars cost no more than their number") {
  const std::string name(200, 'a');
  CHECK_FALSE(matches("a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*b", name));
}
