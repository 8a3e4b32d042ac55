#include "core/utf8.h"

#include <array>
#include <random>
#include <string>

#include <catch2/catch.hpp>

using wskit::cut_utf8, wskit::is_utf8, wskit::Utf8Validator;
using namespace std::string_literals;

namespace {

/// Decodes by the bits alone and then looks whether the code point was one to be written so:
/// another way to the truth than the table of RFC 3629 section 4.
bool is_one_character(std::string_view bytes) {
  const auto lead = static_cast<unsigned char>(bytes[0]);
  const std::size_t size = lead < 0x80             ? 1
                           : (lead & 0xE0) == 0xC0 ? 2
                           : (lead & 0xF0) == 0xE0 ? 3
                           : (lead & 0xF8) == 0xF0 ? 4
                                                   : 0;
  if (size != bytes.size()) return false;
  constexpr std::array<unsigned, 5> kLeadBits{0, 0x7F, 0x1F, 0x0F, 0x07};
  constexpr std::array<unsigned, 5> kLowest{0, 0, 0x80, 0x800, 0x10000};
  unsigned code_point = lead & kLeadBits[size];
  for (const char c : bytes.substr(1)) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte & 0xC0) != 0x80) return false;
    code_point = code_point << 6 | (byte & 0x3F);
  }
  return code_point >= kLowest[size] && code_point <= 0x10FFFF &&
         (code_point < 0xD800 || code_point > 0xDFFF);
}

// On both sides of every border in the table.
const std::string kBorders =
    "\x00\x7F\x80\x8F\x90\x9F\xA0\xBF\xC0\xC1\xC2\xDF\xE0\xE1\xEC\xED\xEE\xEF\xF0\xF1\xF3\xF4\xF5"
    "\xFF"s;

bool feed_in_two(std::string_view text, std::size_t cut) {
  Utf8Validator validator;
  return validator.feed(text.substr(0, cut)) && validator.feed(text.substr(cut)) &&
         validator.is_complete();
}

}  // namespace

TEST_CASE("RFC 3629 4: every character of one to three border bytes is judged as its bits say") {
  for (const char a : kBorders) {
    CHECK(is_utf8({&a, 1}) == is_one_character({&a, 1}));
    // What begins with a byte below 0x80 is several characters.
    if (static_cast<unsigned char>(a) < 0x80) continue;
    for (const char b : kBorders) {
      const std::string two{a, b};
      if (is_utf8(two) != is_one_character(two)) FAIL_CHECK(Catch::Detail::stringify(two));
      for (const char c : kBorders) {
        const std::string three = two + c;
        if (is_one_character(two)) continue;
        if (is_utf8(three) != is_one_character(three)) FAIL_CHECK(Catch::Detail::stringify(three));
      }
    }
  }
}

TEST_CASE("RFC 3629 4: every character of four border bytes is judged as its bits say") {
  for (const char lead : "\xEF\xF0\xF1\xF3\xF4\xF5\xF8\xFF"s) {
    for (const char b : kBorders) {
      for (const char c : kBorders) {
        for (const char d : kBorders) {
          const std::string bytes{lead, b, c, d};
          if (is_one_character(bytes.substr(0, 3))) continue;
          if (is_utf8(bytes) != is_one_character(bytes)) {
            FAIL_CHECK(Catch::Detail::stringify(bytes));
          }
        }
      }
    }
  }
}

TEST_CASE("Utf8Validator: every split of valid text is valid, and says where characters end") {
  const std::string text = std::string(40, 'a') + "é心😀" + std::string(9, 'b') + "\u0800\U0010FFFF";
  REQUIRE(is_utf8(text));

  for (std::size_t cut = 0; cut <= text.size(); ++cut) {
    CHECK(feed_in_two(text, cut));
    Utf8Validator validator;
    CHECK(validator.feed(std::string_view{text}.substr(0, cut)));
    const bool is_border = cut == text.size() || (text[cut] & 0xC0) != 0x80;
    CHECK(validator.is_complete() == is_border);
  }
}

TEST_CASE("Utf8Validator: every split of invalid text is invalid") {
  const std::string prefix = std::string(33, 'x') + "心";
  const std::string bad =
      GENERATE("\xC0\xAF", "\xE0\x9F\xBF", "\xED\xA0\x80", "\xF0\x8F\xBF\xBF", "\xF4\x90\x80\x80",
               "\xF5\x80\x80\x80", "\x80", "\xFE", "\xE5\xBF", "\xE5\xBF\xE5\xBF\x83",
               "\xE5\xBF________\x83", "\xC3");
  for (const std::string& text : {prefix + bad, prefix + bad + std::string(40, 'y')}) {
    for (std::size_t cut = 0; cut <= text.size(); ++cut) CHECK_FALSE(feed_in_two(text, cut));
  }
}

TEST_CASE("Utf8Validator: one byte or character anywhere in long ASCII is seen") {
  const std::string ascii(700, 'a');
  for (std::size_t at = 0; at < ascii.size(); ++at) {
    std::string text = ascii;
    text[at] = '\x80';
    if (is_utf8(text)) FAIL_CHECK(at);
    if (!is_utf8(ascii.substr(0, at) + "é" + ascii.substr(at))) FAIL_CHECK(at);
  }
}

TEST_CASE("Utf8Validator: says no with the first byte that cannot be right") {
  Utf8Validator validator;

  CHECK(validator.feed("\xF4"));
  CHECK_FALSE(validator.feed("\x90"));
}

TEST_CASE("Utf8Validator: random bytes in random pieces are judged like the whole") {
  std::mt19937 random{20260131};
  std::uniform_int_distribution<std::size_t> index{0, kBorders.size() - 1};
  for (int round = 0; round < 2000; ++round) {
    std::string text(1 + random() % 6, 'a');
    for (char& c : text) c = kBorders[index(random)];
    text.insert(0, random() % 40, 'z');
    const std::size_t cut = random() % (text.size() + 1);
    if (feed_in_two(text, cut) != is_utf8(text)) FAIL_CHECK(Catch::Detail::stringify(text));
  }
}

TEST_CASE("cut_utf8: never cuts a character, and never more than it must") {
  const std::string_view text = "a心b";
  CHECK(cut_utf8(text, 0).empty());
  CHECK(cut_utf8(text, 1) == "a");
  CHECK(cut_utf8(text, 3) == "a");
  CHECK(cut_utf8(text, 4) == "a心");
  CHECK(cut_utf8(text, 5) == text);
  CHECK(cut_utf8(text, 500) == text);
  CHECK(cut_utf8("心", 2).empty());
}
