#include "wsd/command_api.h"

#include <catch2/catch.hpp>

#include <wskit/error.h>

namespace {

const ApiPlace kPlace{.name = "127.0.0.1:1", .url = {}, .unix_path = {}, .key = "k"};

std::string problem(int status, const std::string& body, const ApiPlace& place = kPlace) {
  try {
    read_api_answer(place,
                    {.status = status, .problem = "no way", .body = body, .retry_after = {}});
  } catch (const wskit::Error& error) {
    return error.what();
  }
  return "nothing";
}

}  // namespace

TEST_CASE("read_api_answer: gives what came with 200") {
  CHECK(read_api_answer(kPlace, {.status = 200, .problem = {}, .body = "[1]", .retry_after = {}}) ==
        nlohmann::json{1});
}

TEST_CASE("read_api_answer: tells of a refusal in the API's words") {
  const std::string body = R"({"error":{"code":"unauthorized","message":"A key is required."}})";

  CHECK(problem(401, body) == "127.0.0.1:1: A key is required (401 unauthorized)");
  CHECK_THAT(problem(401, body, {.name = "a", .url = {}, .unix_path = {}, .key = {}}),
             Catch::EndsWith("; --api-key-file names the file that has one"));
}

TEST_CASE("read_api_answer: no answer, or that of another server, is one line") {
  CHECK(problem(0, "") == "no way");
  CHECK(problem(200, "<html>") == "127.0.0.1:1: the answer is not one of wsd");
  for (const char* body :
       {"", "null", "[]", "{}", R"({"error":1})", R"({"error":{"message":2}})"}) {
    CHECK(problem(404, body) == "127.0.0.1:1: answers 404, not as wsd does");
  }
  CHECK(problem(400, R"({"error":{"code":"c","message":"a\u001b[2J\nb"}})") ==
        "127.0.0.1:1: a\\x1b[2J b (400 c)");
}

TEST_CASE("query_parameter: escapes all that is special") {
  CHECK(query_parameter("user", "a-b_c.d~9") == "user=a-b_c.d~9");
  CHECK(query_parameter("user", "a b&c=%+爱") == "user=a%20b%26c%3D%25%2B%E7%88%B1");
}
