#include "expectations.h"

#include <wskit/error.h>
#include <catch2/catch.hpp>

using Verdict = Expectations::Verdict;

TEST_CASE("Expectations: are met when each pattern has matched some message") {
  Expectations expectations{{.expect = {"^a", "b$"}, .expect_json = {}, .reject = {}, .until = ""}};

  CHECK(expectations.take("nothing") == Verdict::go_on);
  CHECK(expectations.take("abc") == Verdict::go_on);
  CHECK(expectations.problem() == "no message matched --expect 'b$'");
  CHECK(expectations.take("ab") == Verdict::met);
  CHECK(expectations.take("ab") == Verdict::go_on);
  CHECK(expectations.problem().empty());
}

TEST_CASE("Expectations: values of JSON are compared as JSON, and as strings without quotes") {
  const auto verdict = [](const char* expected, const char* message) {
    Expectations expectations{{.expect = {}, .expect_json = {expected}, .reject = {}, .until = ""}};
    return expectations.take(message);
  };

  CHECK(verdict("/a/0=1", R"({"a":[1.0]})") == Verdict::met);
  CHECK(verdict("/type=welcome", R"({"type":"welcome"})") == Verdict::met);
  CHECK(verdict("/x={\"b\":2,\"a\":1}", R"({"x":{"a":1,"b":2}})") == Verdict::met);
  CHECK(verdict("=true", "true") == Verdict::met);
  CHECK(verdict("/a=1", R"({"a":"1"})") == Verdict::go_on);
  CHECK(verdict("/a/-=1", R"({"a":[1]})") == Verdict::go_on);
  CHECK(verdict("/a/99999999999999999999=1", R"({"a":[1]})") == Verdict::go_on);
  CHECK(verdict("/a/b=1", R"({"a":1})") == Verdict::go_on);
  CHECK(verdict("/a=1", "no JSON") == Verdict::go_on);
}

TEST_CASE("Expectations: what must not come, and what ends the run") {
  Expectations expectations{
      {.expect = {}, .expect_json = {}, .reject = {"(?i)error"}, .until = "^bye"}};

  CHECK(expectations.take("hello") == Verdict::go_on);
  CHECK(expectations.problem() == "no message matched --until '^bye'");
  CHECK(expectations.take("bye") == Verdict::ended);
  CHECK(expectations.problem().empty());
  CHECK(expectations.take("bye ERROR") == Verdict::rejected);
  CHECK(expectations.problem() == "a message matches --reject '(?i)error'");
}

TEST_CASE("Expectations: malformed patterns and pointers are named") {
  const auto make = [](ExpectationOptions options) { Expectations{options}; };

  CHECK_THROWS_WITH(make({.expect = {"("}, .expect_json = {}, .reject = {}, .until = ""}),
                    Catch::StartsWith("--expect '(': missing )"));
  CHECK_THROWS_AS(make({.expect = {}, .expect_json = {"/a"}, .reject = {}, .until = ""}),
                  wskit::Error);
  CHECK_THROWS_WITH(make({.expect = {}, .expect_json = {"a=1"}, .reject = {}, .until = ""}),
                    "--expect-json 'a=1': 'a' is no JSON pointer");
}
