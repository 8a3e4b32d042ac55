#include <catch2/catch.hpp>

#include "redis/directory_record.h"

using wskit::directory_lines;
using wskit::parse_directory_lines;
using wskit::SessionRecord;

TEST_CASE("a record comes back from its lines") {
  const SessionRecord record{"n-1", "alice", "192.0.2.1:4711", 1'700'000'000'000, {"news", "a:b"}};
  const auto parsed = parse_directory_lines("n-1", directory_lines(record));
  REQUIRE(parsed);
  CHECK(parsed->name == "n-1");
  CHECK(parsed->user == "alice");
  CHECK(parsed->remote_address == "192.0.2.1:4711");
  CHECK(parsed->opened_ms == 1'700'000'000'000);
  CHECK(parsed->channels == record.channels);
}

TEST_CASE("a record may lack user, address and channels") {
  const auto parsed = parse_directory_lines("n-1", directory_lines({"n-1"}));
  REQUIRE(parsed);
  CHECK(parsed->user.empty());
  CHECK(parsed->channels.empty());
}

TEST_CASE("lines that nobody of us wrote are no record") {
  const std::string lines =
      GENERATE("", "alice", "alice\n1.2.3.4:5\n", "alice\n1.2.3.4:5\nsoon\n",
               "alice\n1.2.3.4:5\n12 \n", "al\x01ice\n1.2.3.4:5\n12\n",
               "alice\n1.2.3.4:5\n12\nno*name ", "alice\n1.2.3.4:5\n12\nnews\n");
  CHECK_FALSE(parse_directory_lines("n-1", lines));
}
