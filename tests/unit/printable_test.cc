#include "common/printable.h"

#include <catch2/catch.hpp>

TEST_CASE("printable: what could drive a terminal is escaped") {
  CHECK(printable("a\x1b[2Jb\a") == "a\\x1b[2Jb\\x07");
  CHECK(printable("\r\x7f") == "\\x0d\\x7f");
  CHECK(printable("\xc2\x9b"
                  "31m") == "\\u{9b}31m");
  CHECK(printable("\xe2\x80\xaetxt") == "\\u{202e}txt");
}

TEST_CASE("printable: text, line ends and tabs stay") {
  CHECK(printable("你好, w\xc3\xb6rld\n\t\xf0\x9f\x8e\x89") ==
        "你好, w\xc3\xb6rld\n\t\xf0\x9f\x8e\x89");
}

TEST_CASE("printable: bytes that are not UTF-8 are escaped one by one") {
  CHECK(printable("\xff\xc3") == "\\xff\\xc3");
  CHECK(printable("\xed\xa0\x80") == "\\xed\\xa0\\x80");
  CHECK(printable("\xc0\xaf") == "\\xc0\\xaf");
}

TEST_CASE("printable_line: line ends become spaces, the last ones vanish") {
  CHECK(printable_line("a\r\nb\n\n") == "a b");
}

TEST_CASE("display_columns: counts columns, not bytes") {
  CHECK(display_columns("abc") == 3);
  CHECK(display_columns("w\xc3\xb6rld") == 5);
  CHECK(display_columns("爱丽丝") == 6);
  CHECK(display_columns("e\xcc\x81") == 1);
}

TEST_CASE("is_valid_utf8: tells text from other bytes") {
  CHECK(is_valid_utf8(""));
  CHECK(is_valid_utf8("\xf4\x8f\xbf\xbf"));
  CHECK_FALSE(is_valid_utf8("\xf4\x90\x80\x80"));
  CHECK_FALSE(is_valid_utf8("\xe4\xbd"));
}

TEST_CASE("hex_preview: cuts and says so") {
  CHECK(hex_preview(std::string_view{"\x00\xff", 2}, 4) == "00ff");
  CHECK(hex_preview("abc", 2) == "6162...");
}

TEST_CASE("escape_in_json: what could drive a terminal, and nothing else") {
  CHECK(escape_in_json("\"\x7f\xc2\x9b\xe2\x80\xae\"") == R"("\u007f\u009b\u202e")");
  CHECK(escape_in_json("{\"a\":\"h\xc3\xa9\xe4\xb8\xad\"}") == "{\"a\":\"h\xc3\xa9\xe4\xb8\xad\"}");
}
