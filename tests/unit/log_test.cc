#include <catch2/catch.hpp>

#include "core/log_limiter.h"
#include "core/log_line.h"

using namespace wskit;
using namespace std::chrono_literals;
using namespace std::string_literals;

TEST_CASE("escape_log_value: plain words stay, others are quoted") {
  CHECK(escape_log_value("plain-word_1.2:3/4") == "plain-word_1.2:3/4");
  CHECK(escape_log_value("") == "\"\"");
  CHECK(escape_log_value("two words") == "\"two words\"");
  CHECK(escape_log_value("a=b") == "\"a=b\"");
}

TEST_CASE("escape_log_value: control bytes, quotes, backslashes and bytes over 126 are escaped") {
  CHECK(escape_log_value("a\nb\r\t") == R"("a\x0ab\x0d\x09")");
  CHECK(escape_log_value("\0\x1F\x7F\xFF"s) == R"("\x00\x1f\x7f\xff")");
  CHECK(escape_log_value(R"(say "x" \)") == R"("say \x22x\x22 \x5c")");
  CHECK(escape_log_value("é") == R"("\xc3\xa9")");
  CHECK(escape_log_value("\x1B[31m") == R"("\x1b[31m")");
}

TEST_CASE("escape_log_value: no byte gives a second line or ends the quotes early") {
  for (int byte = 0; byte < 256; ++byte) {
    const std::string escaped = escape_log_value("a " + std::string(1, static_cast<char>(byte)));
    CHECK(escaped.find_first_of("\r\n") == std::string::npos);
    CHECK(escaped.front() == '"');
    CHECK(escaped.find('"', 1) == escaped.size() - 1);
  }
}

TEST_CASE("escape_log_value: cuts at 256 bytes and shows it") {
  CHECK(escape_log_value(std::string(256, 'x')) == std::string(256, 'x'));
  CHECK(escape_log_value(std::string(257, 'x')) == std::string(256, 'x') + "...");
}

TEST_CASE("text_log_line: is time, level, event and fields in one line") {
  CHECK(text_log_line("2026-01-31T12:00:00.000Z", LogLevel::warn, "session_closed",
                      {{"code", 1002}, {"reason", "bad\nframe"}}) ==
        R"(2026-01-31T12:00:00.000Z warn session_closed code=1002 reason="bad\x0aframe")");
  CHECK(text_log_line("t", LogLevel::info, "start", {}) == "t info start");
  CHECK(log_level_name(LogLevel::trace) == "trace");
  CHECK(log_level_name(LogLevel::debug) == "debug");
  CHECK(log_level_name(LogLevel::error) == "error");
  CHECK(log_level_name(LogLevel::off) == "off");
}

TEST_CASE("LogLimiter: ten lines a second of a kind, then one that says how many were left out") {
  LogLimiter limiter;
  const LogLimiter::Time start{50s};
  for (int i = 0; i < 10; ++i) CHECK(limiter.decide("refused", start + i * 1ms).is_written);
  for (int i = 0; i < 7; ++i) CHECK_FALSE(limiter.decide("refused", start + 500ms).is_written);
  CHECK_FALSE(limiter.decide("refused", start + 999ms).is_written);

  const auto next = limiter.decide("refused", start + 1s);

  CHECK(next.is_written);
  CHECK(next.suppressed == 8);
  CHECK(limiter.decide("refused", start + 1001ms).suppressed == 0);
}

TEST_CASE("LogLimiter: one kind does not silence another") {
  LogLimiter limiter;
  const LogLimiter::Time now{50s};
  for (int i = 0; i < 20; ++i) static_cast<void>(limiter.decide("a", now));

  CHECK_FALSE(limiter.decide("a", now).is_written);
  CHECK(limiter.decide("b", now).is_written);
  CHECK(limiter.decide("b", now).suppressed == 0);
}
