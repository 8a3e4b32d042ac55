#include <string>

#include <catch2/catch.hpp>

#include <wskit/broker.h>

using wskit::is_channel_name, wskit::is_user_name;
using namespace std::string_literals;

TEST_CASE("channel names: 1 to 200 letters, digits and _ . : / -") {
  CHECK(is_channel_name("a"));
  CHECK(is_channel_name("aZ09_.:/-"));
  CHECK(is_channel_name(std::string(200, 'x')));
  CHECK_FALSE(is_channel_name(""));
  CHECK_FALSE(is_channel_name(std::string(201, 'x')));
  std::string accepted;
  for (int byte = 0; byte < 256; ++byte) {
    const std::string name(1, static_cast<char>(byte));
    if (is_channel_name(name)) accepted += name;
  }
  CHECK(accepted == "-./0123456789:ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz");
}

TEST_CASE("user names: 1 to 128 bytes of UTF-8 without control characters") {
  for (const char* name : {"a", "ann@example.org", "安", "a b", "*", "{user}", "\u00A0"}) {
    INFO(name);
    CHECK(is_user_name(name));
  }
  CHECK(is_user_name(std::string(128, 'x')));
  CHECK_FALSE(is_user_name(std::string(129, 'x')));
  CHECK_FALSE(is_user_name(std::string(126, 'x') + "安"));
  for (const std::string& name : {""s, "\0"s, "a\n"s, "\x1F"s, "\x7F"s, "a\xFF"s, "\xE5\xAE"s,
                                  "\u0080"s, "x\u009F"s, "\xC0\x80"s}) {
    INFO(Catch::Detail::stringify(name));
    CHECK_FALSE(is_user_name(name));
  }
}

TEST_CASE("user channels: begin with @, and no channel name collides with them") {
  CHECK(wskit::user_channel("ann") == "@ann");
  CHECK_FALSE(is_channel_name(wskit::user_channel("ann")));
  CHECK_FALSE(is_channel_name(wskit::kEveryone));
}
