#include "wsd/session_table.h"

#include <catch2/catch.hpp>

namespace {

using nlohmann::json;

json session_of(const std::string& user, const json& channels = json::array()) {
  return {{"session", "web1-5f0c2a91-01"},
          {"user", user},
          {"address", "192.0.2.1:4711"},
          {"opened_ms", 1795386778838},
          {"channels", channels}};
}

}  // namespace

TEST_CASE("session_table: columns are as wide as what is in them") {
  CHECK(session_table({session_of("爱丽丝", {"a", "b"}), session_of("bob")}) ==
        "SESSION           USER    ADDRESS         SINCE                 CHANNELS\n"
        "web1-5f0c2a91-01  爱丽丝  192.0.2.1:4711  2026-11-22T22:32:58Z  a,b\n"
        "web1-5f0c2a91-01  bob     192.0.2.1:4711  2026-11-22T22:32:58Z  -\n");
}

TEST_CASE("session_table: names cannot drive the terminal or pretend to be columns") {
  const auto shown = [](const std::string& user) {
    const std::string table = session_table({session_of(user)});
    const auto begin = table.find("-01  ") + 5;
    return table.substr(begin, table.find("  192") - begin);
  };

  CHECK(shown("\x1b[2J") == "\\x1b[2J");
  CHECK(shown("a\nb\tc") == "a\\x0ab\\x09c");
  CHECK(shown("\xe2\x80\xae"
              "x") == "\\u{202e}x");
  CHECK(shown("a b") == "\"a b\"");
  CHECK(shown("a\" b") == "\"a\\\" b\"");
  CHECK(shown("-") == "\"-\" ");
  CHECK(shown("") == "-   ");
}

TEST_CASE("session_line: is ASCII") {
  CHECK(session_line({{"user", "爱\xc2\x9b\x7f"}}) == R"({"user":"\u7231\u009b\u007f"})");
}
