#include "wsd/command_options.h"

#include <catch2/catch.hpp>

#include <wskit/error.h>

using wskit::Error;

namespace {

using Arguments = std::vector<std::string>;

std::optional<std::string> name_in(Arguments arguments) {
  return take_command_name(arguments);
}

Command read(const std::string& name, Arguments arguments) {
  return std::get<Command>(read_command_options(name, std::move(arguments)));
}

PublishCommand read_publish(Arguments arguments) {
  return std::get<PublishCommand>(read("publish", std::move(arguments)).what);
}

}  // namespace

TEST_CASE("take_command_name: finds the command behind options and their values") {
  Arguments arguments{"--api", "kick", "--plain-ids", "publish", "--all", "sessions"};

  CHECK(take_command_name(arguments) == "publish");
  CHECK(arguments == Arguments{"--api", "kick", "--plain-ids", "--all", "sessions"});
  CHECK(name_in({"--api=x", "drain"}) == "drain");
  CHECK(name_in({"--config", "x", "reload"}) == "reload");
}

TEST_CASE("take_command_name: the daemon's arguments name no command") {
  CHECK_FALSE(name_in({}));
  CHECK_FALSE(name_in({"check", "publish"}));
  CHECK_FALSE(name_in({"--greeting", "publish"}));
  CHECK_FALSE(name_in({"--", "publish"}));
  CHECK_FALSE(name_in({"--api"}));
}

TEST_CASE("read_command_options: reads what to publish and to whom") {
  const PublishCommand text = read_publish({"--user", "alice", ""});
  CHECK(text.user == "alice");
  CHECK(text.data.empty());
  const PublishCommand number = read_publish({"--channel", "a:b", "--json", "--", "-5"});
  CHECK(number.channel == "a:b");
  CHECK(number.kind == DataKind::json);
  CHECK(number.data == "-5");
  CHECK(read_publish({"hi", "--all", "--idempotency-key", "k"}).idempotency_key == "k");
}

TEST_CASE("read_command_options: says what is wrong") {
  const auto problem = [](const std::string& name, Arguments arguments) -> std::string {
    try {
      read(name, std::move(arguments));
    } catch (const Error& error) {
      return error.what();
    }
    return "nothing";
  };

  CHECK(problem("publish", {"x"}) == "one of --all, --user and --channel is needed");
  CHECK(problem("publish", {"x", "--all", "--user", "a"}) ==
        "only one of --all, --user and --channel may be given");
  CHECK(problem("publish", {"x", "--all", "--json", "--binary"}) ==
        "only one of --json and --binary may be given");
  CHECK(problem("publish", {"x", "--all", "--file", "f"}) ==
        "only one of DATA and --file may be given");
  CHECK(problem("publish", {"--all", "--file", "/nonexistent"}) ==
        "/nonexistent: No such file or directory");
  CHECK_THAT(problem("publish", {"x", "--usr", "a"}), Catch::Contains("did you mean --user?"));
  CHECK_THAT(problem("publish", {"--all", "a", "b"}), Catch::Contains("unexpected argument b"));
  CHECK_THAT(problem("kick", {"--user", ""}), Catch::Contains("--user"));
  CHECK_THAT(problem("sessions", {"--limit", "0"}), Catch::Contains("'0' is not a number above 0"));
  CHECK_THAT(problem("drain", {"--threads", "1"}), Catch::Contains("unknown option --threads"));
}

TEST_CASE("parse_api_place: reads the daemon's forms of addresses") {
  CHECK(parse_api_place("localhost:80").url == "http://localhost:80/");
  CHECK(parse_api_place("[::1]:8081").url == "http://[::1]:8081/");
  CHECK(parse_api_place("unix:/run/api.sock").unix_path == "/run/api.sock");
  for (const char* address : {"", "unix:", "127.0.0.1", ":8081", "h:x", "h:65536", "h:1/x",
                              "u:p@h:1", "http://h:1", "h h:1", "[::1:8081"}) {
    CAPTURE(address);
    CHECK_THROWS_WITH(parse_api_place(address), Catch::Contains("is not ADDR:PORT or unix:PATH"));
  }
  CHECK_THROWS_WITH(parse_api_place("127.0.0.1:0"), Catch::Contains("port 0"));
}
