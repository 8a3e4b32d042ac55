#include "public_url.h"

#include <catch2/catch.hpp>

TEST_CASE("public_url: leaves out user and query") {
  CHECK(public_url("ws://h:1/p") == "ws://h:1/p");
  CHECK(public_url("ws://u:secret@h:1/p?token=secret") == "ws://h:1/p?…");
  CHECK(public_url("u:secret@h") == "h");
  CHECK(public_url("ws+unix:/socket:/p?token=secret") == "ws+unix:/socket:/p?…");
  CHECK(public_url("").empty());
}
