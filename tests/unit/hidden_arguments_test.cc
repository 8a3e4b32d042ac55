#include "secret_options.h"

#include <string>
#include <vector>

#include <catch2/catch.hpp>

namespace {

/// The arguments behind the program's name, as they are shown from then on.
std::string shown(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "wsc");
  std::vector<char*> argv;
  for (std::string& argument : arguments) argv.push_back(argument.data());
  hide_secret_arguments(static_cast<int>(argv.size()), argv.data(), secret_options());
  std::string line;
  for (const std::string& argument : arguments) line += (line.empty() ? "" : " ") + argument;
  return line;
}

}  // namespace

TEST_CASE("hide_secret_arguments: credentials and messages, in each way to write them") {
  CHECK(shown({"--bearer", "ab"}) == "wsc --bearer **");
  CHECK(shown({"--cookie=ab"}) == "wsc --cookie=**");
  CHECK(shown({"-u", "ab"}) == "wsc -u **");
  CHECK(shown({"-kuab"}) == "wsc -ku**");
  CHECK(shown({"-H", "-k"}) == "wsc -H **");
  CHECK(shown({"-x", "ab", "--expect", "cd"}) == "wsc -x ** --expect cd");
  CHECK(shown({"--heartbeat", "ab", "-sab"}) == "wsc --heartbeat ** -s**");
}

TEST_CASE("hide_secret_arguments: a value is not taken for letters") {
  CHECK(shown({"-n1u", "-H", "ab"}) == "wsc -n1u -H **");
  CHECK(shown({"-m1s", "-x", "ab"}) == "wsc -m1s -x **");
  CHECK(shown({"-kn5", "-fx", "-u", "ab"}) == "wsc -kn5 -fx -u **");
}

TEST_CASE("hide_secret_arguments: user and query of a URL, wherever it is") {
  CHECK(shown({"ws://u:p@h/p?a=b"}) == "wsc ws://***@h/p?***");
  CHECK(shown({"u:p@h/p?a=b"}) == "wsc ***@h/p?***");
  CHECK(shown({"ws://u:p@q@h"}) == "wsc ws://*****@h");
  CHECK(shown({"h?u=http://x@y"}) == "wsc h?************");
  CHECK(shown({"ws+unix:/s:/p?a=b"}) == "wsc ws+unix:/s:/p?***");
  CHECK(shown({"-c", "u@h?a"}) == "wsc -c *@h?*");
  CHECK(shown({"-cu@h?a"}) == "wsc -c*@h?*");
  CHECK(shown({"--connect=ws://u@h"}) == "wsc --connect=ws://*@h");
  CHECK(shown({"--connect", "-u@h"}) == "wsc --connect **@h");
  CHECK(shown({"ws://h/a@b"}) == "wsc ws://h/a@b");
}
