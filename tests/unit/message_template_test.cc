#include "message_template.h"

#include <wskit/error.h>
#include <catch2/catch.hpp>

namespace {

std::string filled(const std::string& text, const TemplateValues& values = {}) {
  std::mt19937_64 random{1};
  std::string out;
  MessageTemplate{text}.append_to(out, values, random);
  return out;
}

}  // namespace

TEST_CASE("MessageTemplate: variables are replaced, all else is kept") {
  CHECK(filled("") == "");
  CHECK(filled("plain { text } }}") == "plain { text } }}");
  CHECK(filled("{{seq}}/{{ conn }}", {.sequence = 7, .connection = 3}) == "7/3");
  CHECK(filled("a{{payload}}b{{payload}}", {.payload = "xy"}) == "axybxy");
}

TEST_CASE("MessageTemplate: random ones have their shape and differ") {
  CHECK(filled("{{rand 16}}").size() == 16);
  CHECK(filled("{{rand 0}}").empty());
  const std::string both = filled("{{uuid}} {{uuid}}");
  REQUIRE(both.size() == 73);
  CHECK(both.substr(0, 36) != both.substr(37));
  CHECK(both[14] == '4');
  CHECK(std::string{"89ab"}.find(both[19]) != std::string::npos);
  CHECK(std::stoll(filled("{{now}}")) > 1'700'000'000'000);
}

TEST_CASE("MessageTemplate: what is unknown or open is an error") {
  for (const char* text : {"{{seq", "{{}}", "{{sequence}}", "{{rand}}", "{{rand x}}", "{{rand -1}}",
                           "{{rand 99999999}}", "{{ }}"}) {
    CHECK_THROWS_AS(MessageTemplate{text}, wskit::Error);
  }
}

TEST_CASE("MessageTemplate: knows whether it has a payload") {
  CHECK(MessageTemplate{"x{{payload}}"}.has_payload());
  CHECK_FALSE(MessageTemplate{"x{{seq}}"}.has_payload());
}
