#include "line_splitter.h"

#include <catch2/catch.hpp>

TEST_CASE("LineSplitter: lines come whole, however they were cut") {
  LineSplitter lines;

  lines.feed("on");
  CHECK_FALSE(lines.next());
  lines.feed("e\n\ntw");
  CHECK(lines.next() == "one");
  CHECK(lines.next() == "");
  CHECK_FALSE(lines.next());
  CHECK(lines.size_bytes() == 2);
  lines.feed("o\n");
  CHECK(lines.next() == "two");
  CHECK(lines.size_bytes() == 0);
}

TEST_CASE("LineSplitter: at the end the rest is a line unless it is empty") {
  LineSplitter rest;
  rest.feed("a\nb");
  rest.end();
  CHECK(rest.next() == "a");
  CHECK(rest.next() == "b");
  CHECK_FALSE(rest.next());

  LineSplitter whole;
  whole.feed("a\n");
  whole.end();
  CHECK(whole.next() == "a");
  CHECK_FALSE(whole.next());
}
