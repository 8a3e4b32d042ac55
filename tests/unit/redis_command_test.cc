#include "redis_command.h"

#include <wskit/error.h>
#include <catch2/catch.hpp>

using Words = std::vector<std::string>;

TEST_CASE("split_redis_command: blanks part words") {
  CHECK(split_redis_command("").empty());
  CHECK(split_redis_command(" \t").empty());
  CHECK(split_redis_command("PUBLISH bench  {{payload}} ") ==
        Words{"PUBLISH", "bench", "{{payload}}"});
}

TEST_CASE("split_redis_command: a variable is of one word") {
  CHECK(split_redis_command("PUBLISH a-{{rand 16}}-b {{ payload }}") ==
        Words{"PUBLISH", "a-{{rand 16}}-b", "{{ payload }}"});
  CHECK_THROWS_AS(split_redis_command("PUBLISH a {{payload"), wskit::Error);
}

TEST_CASE("split_redis_command: quotes around a word keep its blanks") {
  CHECK(split_redis_command(R"(PUBLISH "a b" '{"text": "{{payload}}"}' '')") ==
        Words{"PUBLISH", "a b", R"({"text": "{{payload}}"})", ""});
  CHECK(split_redis_command(R"(PUBLISH a {"text":"{{payload}}"})") ==
        Words{"PUBLISH", "a", R"({"text":"{{payload}}"})"});
  CHECK_THROWS_WITH(split_redis_command("PUBLISH 'a b"), "--publish: ' is missing");
}
