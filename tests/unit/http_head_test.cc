#include "core/http_head.h"

#include <catch2/catch.hpp>

using namespace wskit;
using Strings = std::vector<std::string>;

namespace {

constexpr HttpLimits kSmall{
    .max_first_line_bytes = 20, .max_header_bytes = 40, .max_header_lines = 3};

std::variant<NeedMoreBytes, HttpHead, HeadProblem> parse(std::string_view bytes) {
  return parse_http_head(bytes, kSmall);
}

bool is_problem(std::string_view bytes, HeadProblem problem) {
  const auto parsed = parse(bytes);
  return std::holds_alternative<HeadProblem>(parsed) && std::get<HeadProblem>(parsed) == problem;
}

bool needs_more(std::string_view bytes) {
  return std::holds_alternative<NeedMoreBytes>(parse(bytes));
}

}  // namespace

TEST_CASE("HTTP head: names are lower-cased, values trimmed, what follows is left") {
  const std::string_view bytes = "GET / HTTP/1.1\r\nHoSt: \t a b\t\r\nX:\r\n\r\nrest";
  const auto parsed = parse(bytes);

  REQUIRE(std::holds_alternative<HttpHead>(parsed));
  const auto& head = std::get<HttpHead>(parsed);
  CHECK(head.first_line == "GET / HTTP/1.1");
  REQUIRE(head.headers.size() == 2);
  CHECK(head.headers[0].name == "host");
  CHECK(head.headers[0].value == "a b");
  CHECK(head.headers[1].value.empty());
  CHECK(bytes.substr(head.head_bytes) == "rest");
}

TEST_CASE("HTTP head: every cut of a sound head needs more") {
  const std::string_view bytes = "GET / HTTP/1.1\r\nHost: a\r\nX: y\r\n\r\n";
  for (std::size_t cut = 0; cut < bytes.size(); ++cut) CHECK(needs_more(bytes.substr(0, cut)));
  CHECK(std::holds_alternative<HttpHead>(parse(bytes)));
}

TEST_CASE("HTTP head: malformed lines are told apart") {
  CHECK(is_problem("GET / HTTP/1.1\n", HeadProblem::bare_line_feed));
  CHECK(is_problem("\n", HeadProblem::bare_line_feed));
  CHECK(is_problem("GET /\r\nHost: a\n\r\n", HeadProblem::bare_line_feed));
  CHECK(is_problem("GET /\r\nHost: a\r\n folded\r\n\r\n", HeadProblem::bad_header));
  CHECK(is_problem("GET /\r\nHost : a\r\n\r\n", HeadProblem::bad_header));
  CHECK(is_problem("GET /\r\n Host: a\r\n\r\n", HeadProblem::bad_header));
  CHECK(is_problem("GET /\r\nHost\r\n\r\n", HeadProblem::bad_header));
  CHECK(is_problem("GET /\r\n: a\r\n\r\n", HeadProblem::bad_header));
  CHECK(is_problem("GET /\r\nH\xC3\xA9: a\r\n\r\n", HeadProblem::bad_header));
  CHECK(is_problem("GET /\r\nHost: a\rb\r\n\r\n", HeadProblem::bad_header));
  CHECK(is_problem(std::string_view{"GET /\r\nA: \0\r\n\r\n", 15}, HeadProblem::bad_header));
  CHECK(is_problem("GET /\r\nA: \x7F\r\n\r\n", HeadProblem::bad_header));
}

TEST_CASE("HTTP head: the first line's limit holds before the line is whole") {
  const std::string longest(kSmall.max_first_line_bytes, 'x');

  CHECK(needs_more(longest));
  CHECK(needs_more(longest + "\r\n"));
  CHECK(is_problem(longest + "x", HeadProblem::first_line_too_long));
  CHECK(is_problem(longest + "x\r\n", HeadProblem::first_line_too_long));
}

TEST_CASE("HTTP head: the headers' limits hold before the head is whole") {
  const std::string first = "GET / HTTP/1.1\r\n";
  const std::string line = "A: " + std::string(33, 'x') + "\r\n";  // with the empty line, 40 bytes
  REQUIRE(line.size() + 2 == kSmall.max_header_bytes);

  CHECK(std::holds_alternative<HttpHead>(parse(first + line + "\r\n")));
  CHECK(is_problem(first + "B" + line + "\r\n", HeadProblem::headers_too_large));
  CHECK(needs_more(first + std::string(40, 'x')));
  CHECK(is_problem(first + std::string(41, 'x'), HeadProblem::headers_too_large));
  CHECK(std::holds_alternative<HttpHead>(parse(first + "A:\r\nB:\r\nC:\r\n\r\n")));
  CHECK(is_problem(first + "A:\r\nB:\r\nC:\r\nD:\r\n", HeadProblem::headers_too_large));
}

TEST_CASE("HTTP head: lists go over all headers of a name, empty members are left out") {
  const std::vector<Header> headers{{"a", "x, y ,,z"}, {"b", "other"}, {"a", " ,X"}};

  CHECK(list_members(headers, "a") == Strings{"x", "y", "z", "X"});
  CHECK(list_members(headers, "c").empty());
  CHECK(has_list_member(headers, "a", "Z"));
  CHECK_FALSE(has_list_member(headers, "a", "other"));
  CHECK(count_headers(headers, "a") == 2);
  CHECK(find_header(headers, "a") == "x, y ,,z");
  CHECK_FALSE(find_header(headers, "A"));
}

TEST_CASE("HTTP head: tokens are those of RFC 9110") {
  for (const char* token : {"GET", "a-b.c_d~1", "!#$%&'*+^`|"}) CHECK(is_token(token));
  for (const char* other : {"", "a b", "a:b", "a/b", "a@b", "(a)", "a\"", "\x7F", "é", "a\t"}) {
    CHECK_FALSE(is_token(other));
  }
  CHECK(equals_ignoring_case("WebSocket", "wEBsOCKET"));
  CHECK_FALSE(equals_ignoring_case("WebSocket", "WebSockets"));
  CHECK_FALSE(equals_ignoring_case("[", "{"));
  CHECK(to_lower("AZ[é") == "az[é");
}
