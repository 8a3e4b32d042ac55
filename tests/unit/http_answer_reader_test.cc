#include "core/http_answer_reader.h"

#include <catch2/catch.hpp>
#include <string>
#include <string_view>
#include <vector>

using wskit::HttpAnswerReader;
using Progress = HttpAnswerReader::Progress;

namespace {

constexpr std::size_t kMaxBody = 32;

struct Answer {
  Progress progress;
  int status;
  std::string body;
  bool may_reuse;
  std::string problem;
};

/// What becomes of these bytes in pieces of that size, and of the connection's end if `ends`.
Answer read(std::string_view bytes, std::size_t piece_bytes, bool ends) {
  HttpAnswerReader reader{kMaxBody};
  Progress progress = Progress::needs_more;
  while (!bytes.empty() && progress == Progress::needs_more) {
    progress = reader.feed(bytes.substr(0, piece_bytes));
    bytes.remove_prefix(std::min(piece_bytes, bytes.size()));
  }
  if (ends && progress == Progress::needs_more) progress = reader.end();
  return {progress, reader.status(), reader.body(), reader.may_reuse_connection(),
          reader.problem()};
}

Answer read_whole(std::string_view bytes, bool ends = false) {
  return read(bytes, bytes.size(), ends);
}

}  // namespace

TEST_CASE("HttpAnswerReader: bodies end by length, in chunks, with the connection, or are none") {
  struct Case {
    std::string_view bytes;
    int status;
    std::string_view body;
    bool may_reuse;
  };
  const std::vector<Case> cases{
      {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", 200, "hello", true},
      {"HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n", 200, "", true},
      {"HTTP/1.1 204 No Content\r\n\r\n", 204, "", true},
      {"HTTP/1.1 304 Not Modified\r\nContent-Length: 7\r\n\r\n", 304, "", true},
      {"HTTP/1.1 500 No\r\nTransfer-Encoding: Chunked\r\n\r\n5;x=y\r\nhello\r\n1\r\n!\r\n0\r\n\r\n",
       500, "hello!", true},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nA: b\r\nC: d\r\n\r\n", 200, "",
       true},
      {"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok", 200, "ok", false},
      {"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 200,
       "", false},
      {"HTTP/1.0 200 OK\r\n\r\nuntil the end", 200, "until the end", false},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nzipped", 200, "zipped", false},
      {"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Hints\r\nA: b\r\n\r\nHTTP/1.1 202 Yes\r\n"
       "Content-Length: 1\r\n\r\n.",
       202, ".", true},
  };
  for (const Case& each : cases) {
    for (const std::size_t piece_bytes : {std::size_t{1}, std::size_t{7}, each.bytes.size()}) {
      CAPTURE(each.bytes, piece_bytes);

      const Answer answer = read(each.bytes, piece_bytes, true);

      CHECK(answer.progress == Progress::complete);
      CHECK(answer.status == each.status);
      CHECK(answer.body == each.body);
      CHECK(answer.may_reuse == each.may_reuse);
    }
  }
}

TEST_CASE("HttpAnswerReader: what is no answer, or breaks off, fails with a reason") {
  const std::vector<std::string_view> cases{
      "SSH-2.0-OpenSSH_9.2\r\n",
      "\r\n",
      "HTTP/2 200 OK\r\n\r\n",
      "HTTP/1.1 abc OK\r\n\r\n",
      "HTTP/1.1 200 OK\n\n",
      "HTTP/1.1 101 Switching Protocols\r\n\r\n",
      "HTTP/1.1 200 OK\r\nno header\r\n\r\n",
      "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
      "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n",
      "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\r\n",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n0\r\n\r\n",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n",
      "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nab",
      "HTTP/1.1 200 OK\r\n",
      "HTTP/1.1 100 Continue\r\n\r\n",
      "HT",
      "",
  };
  for (const std::string_view bytes : cases) {
    CAPTURE(bytes);

    const Answer whole = read_whole(bytes, true);
    const Answer dripped = read(bytes, 1, true);

    CHECK(whole.progress == Progress::failed);
    CHECK_FALSE(whole.problem.empty());
    CHECK_FALSE(whole.may_reuse);
    CHECK(dripped.problem == whole.problem);
  }
}

TEST_CASE("HttpAnswerReader: what is no HTTP shows in its first bytes") {
  CHECK(read_whole("SSH").progress == Progress::failed);
  CHECK(read_whole("a greeting without the end of a line").progress == Progress::failed);
}

TEST_CASE("HttpAnswerReader: a body is cut at the limit and ends the connection's use") {
  const std::string full(kMaxBody, 'x');

  const Answer exact = read_whole("HTTP/1.1 200 OK\r\nContent-Length: 32\r\n\r\n" + full);
  const Answer endless = read_whole("HTTP/1.1 200 OK\r\n\r\n" + full + full);
  const Answer chunked = read_whole(
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFF\r\n" + full + "y");

  CHECK(exact.progress == Progress::complete);
  CHECK(exact.may_reuse);
  for (const Answer& answer : {endless, chunked}) {
    CHECK(answer.progress == Progress::complete);
    CHECK(answer.body == full);
    CHECK_FALSE(answer.may_reuse);
  }
}

TEST_CASE("HttpAnswerReader: bytes after the answer end the connection's use") {
  const Answer answer = read_whole("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nab");

  CHECK(answer.progress == Progress::complete);
  CHECK(answer.body == "a");
  CHECK_FALSE(answer.may_reuse);
}

TEST_CASE("HttpAnswerReader: nothing goes on for ever without counting") {
  std::string headers = "HTTP/1.1 200 OK\r\n";
  for (int i = 0; i < 101; ++i) headers += "A: b\r\n";
  std::string interim;
  for (int i = 0; i < 4000; ++i) interim += "HTTP/1.1 100 Continue\r\n\r\n";
  const std::string chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
  std::string trailer = chunked + "0\r\n";
  for (int i = 0; i < 20'000; ++i) trailer += "A: b\r\n";

  CHECK(read_whole(headers).progress == Progress::failed);
  CHECK(read(headers, 1, false).progress == Progress::failed);
  CHECK(read_whole("HTTP/1.1 200 " + std::string(10'000, 'x')).progress == Progress::failed);
  CHECK(read(std::string("HTTP/1.1 200 ") + std::string(10'000, 'x'), 1, false).progress ==
        Progress::failed);
  CHECK(read_whole("HTTP/1.1 200 OK\r\nA: " + std::string(20'000, 'x')).progress ==
        Progress::failed);
  CHECK(read_whole(interim).progress == Progress::failed);
  CHECK(read_whole(trailer).progress == Progress::failed);
  CHECK(read_whole(chunked + std::string(10'000, '1')).progress == Progress::failed);
}
