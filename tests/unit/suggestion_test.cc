#include "common/suggestion.h"

#include <catch2/catch.hpp>

#include <CLI/CLI.hpp>

TEST_CASE("edit_distance: counts changed, added and removed characters") {
  CHECK(edit_distance("", "abc") == 3);
  CHECK(edit_distance("kitten", "sitting") == 3);
  CHECK(edit_distance("same", "same") == 0);
}

TEST_CASE("describe_unknown_option: names the option most like it, if any is") {
  CLI::App app;
  app.add_flag("--heartbeat");
  app.add_flag("--header");

  CHECK(describe_unknown_option(app, {"--hartbeat=1"}) ==
        "unknown option --hartbeat; did you mean --heartbeat?");
  CHECK(describe_unknown_option(app, {"x", "--zzz"}) == "unknown option --zzz");
  CHECK(describe_unknown_option(app, {"x"}).empty());
}

TEST_CASE("nearest_word: prefers what begins so, and of that the shortest") {
  CHECK(nearest_word("--dura", {"--ua", "--duration"}) == "--duration");
  CHECK(nearest_word("--con", {"--connections", "--connect-rate"}) == "--connections");
  CHECK(nearest_word("fa", {"fanout"}).empty());
}

TEST_CASE("nearest_word: gives the most similar word, or none") {
  CHECK(nearest_word("pubish", {"publish", "kick"}) == "publish");
  CHECK(nearest_word("something", {"publish", "kick"}).empty());
}
