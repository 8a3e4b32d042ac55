#include "core/message_assembler.h"

#include <random>
#include <string>

#include <catch2/catch.hpp>

#include "support/recorded_events.h"

using namespace wskit;
using namespace std::string_literals;
using Lines = std::vector<std::string>;

namespace {

constexpr std::size_t kLimit = 70000;

/// One frame as that role sends it.
std::string frame(FrameOpcode opcode, std::string_view payload, bool is_final = true,
                  Role sender = Role::client) {
  std::string bytes;
  append_frame(bytes,
               {.mask = {0x37, 0xFA, 0x21, 0x3D},
                .opcode = opcode,
                .is_final = is_final,
                .is_masked = sender == Role::client},
               payload);
  return bytes;
}

Lines events(const std::string& bytes, std::size_t limit = kLimit) {
  return events_of(bytes, Role::client, limit);
}

/// Messages whole and in fragments, control frames in between, all three length forms, a Close,
/// and a frame after it.
std::string mixed_bytes(Role sender) {
  const auto one = [sender](FrameOpcode opcode, std::string_view payload, bool is_final = true) {
    return frame(opcode, payload, is_final, sender);
  };
  return one(FrameOpcode::text, "héllo") + one(FrameOpcode::binary, "") +
         one(FrameOpcode::text, "\xE5\xBF", false) + one(FrameOpcode::ping, "between") +
         one(FrameOpcode::continuation, "", false) + one(FrameOpcode::pong, "") +
         one(FrameOpcode::continuation, "\x83 heart") +
         one(FrameOpcode::binary, std::string(130, '\xFF')) +
         one(FrameOpcode::ping, std::string(125, 'p')) +
         one(FrameOpcode::close,
             "\x03\xE8"
             "bye") +
         one(FrameOpcode::text, "late");
}

const Lines kMixedEvents{"text héllo",
                         "binary ",
                         "ping between",
                         "pong ",
                         "text 心 heart",
                         "binary " + std::string(130, '\xFF'),
                         "ping " + std::string(125, 'p'),
                         "close 1000 bye"};

}  // namespace

TEST_CASE("MessageAssembler: every split of mixed frames gives the same events") {
  const Role sender = GENERATE(Role::client, Role::server);
  const std::string bytes = mixed_bytes(sender);
  CHECK(events_of(bytes, sender, kLimit) == kMixedEvents);

  for (std::size_t cut = 0; cut <= bytes.size(); ++cut) {
    CHECK(events_of(bytes, sender, kLimit, std::array{cut}) == kMixedEvents);
  }
  const std::vector<std::size_t> single_bytes(bytes.size(), 1);
  CHECK(events_of(bytes, sender, kLimit, single_bytes) == kMixedEvents);
}

TEST_CASE("MessageAssembler: the longest length form may be cut anywhere in its header") {
  const std::string payload(66000, 'x');
  const std::string bytes = frame(FrameOpcode::binary, payload);
  for (std::size_t cut = 0; cut <= 20; ++cut) {
    const Lines lines = events_of(bytes, Role::client, kLimit, std::array{cut});
    REQUIRE(lines.size() == 1);
    CHECK(lines.front().size() == payload.size() + 7);
  }
}

TEST_CASE("RFC 6455 5.4: fragments become one message, control frames come at once") {
  CHECK(events(frame(FrameOpcode::text, "a", false) + frame(FrameOpcode::ping, "1") +
               frame(FrameOpcode::continuation, "b", false) + frame(FrameOpcode::pong, "2") +
               frame(FrameOpcode::continuation, "c")) == Lines{"ping 1", "pong 2", "text abc"});
}

TEST_CASE("RFC 6455 5.4: a stray continuation or a message inside a message fails with 1002") {
  CHECK(events(frame(FrameOpcode::continuation, "x")) ==
        Lines{"violation 1002 continuation without a message"});
  CHECK(events(frame(FrameOpcode::text, "x") + frame(FrameOpcode::continuation, "x")).back() ==
        "violation 1002 continuation without a message");
  CHECK(events(frame(FrameOpcode::text, "x", false) + frame(FrameOpcode::binary, "x")) ==
        Lines{"violation 1002 message inside a message"});
}

TEST_CASE("MessageAssembler: the limit counts a message's bytes over all its fragments") {
  const auto two = [](std::size_t first, std::size_t second) {
    return events(frame(FrameOpcode::binary, std::string(first, 'x'), false) +
                      frame(FrameOpcode::continuation, std::string(second, 'x')),
                  10);
  };
  CHECK(two(6, 4) == Lines{"binary xxxxxxxxxx"});
  CHECK(two(6, 5) == Lines{"violation 1009 message over the limit"});
  CHECK(events(frame(FrameOpcode::binary, std::string(10, 'x')) +
                   frame(FrameOpcode::binary, std::string(10, 'y')),
               10) == Lines{"binary xxxxxxxxxx", "binary yyyyyyyyyy"});
}

TEST_CASE("MessageAssembler: a declared length over the limit fails before any payload comes") {
  const std::string mask = "\x01\x02\x03\x04";
  CHECK(events("\x82\x8B" + mask, 10) == Lines{"violation 1009 message over the limit"});
  CHECK(events("\x82\xFF\x40\x00\x00\x00\x00\x00\x00\x00"s + mask, 10) ==
        Lines{"violation 1009 message over the limit"});
  CHECK(events("\x82\x8A" + mask, 10).empty());
  // Control frames have their own limit.
  CHECK(events(frame(FrameOpcode::ping, std::string(20, 'x')), 10).front().starts_with("ping"));
}

TEST_CASE("MessageAssembler: a limit that shrinks meanwhile counts for the message under way") {
  MessageAssembler assembler{Role::client};
  RecordedEvents recorded;
  std::string first = frame(FrameOpcode::text, std::string(10, 'x'), false);
  std::string rest = frame(FrameOpcode::continuation, "y");

  assembler.feed(first, recorded);
  recorded.message_limit = 5;
  assembler.feed(rest, recorded);

  CHECK(recorded.lines == Lines{"violation 1009 message over the limit"});
}

TEST_CASE("MessageAssembler: 1024 empty fragments in a message are borne, one more is not") {
  std::string bytes = frame(FrameOpcode::text, "", false);
  for (int i = 1; i < 1024; ++i) bytes += frame(FrameOpcode::continuation, "", false);
  const std::string end = frame(FrameOpcode::continuation, "end");

  CHECK(events(bytes + end) == Lines{"text end"});
  CHECK(events(bytes + end + bytes + end) == Lines{"text end", "text end"});
  CHECK(events(bytes + frame(FrameOpcode::continuation, "", false) + end) ==
        Lines{"violation 1008 too many empty fragments"});
}

TEST_CASE("MessageAssembler: fragments with payload cost nothing, however many") {
  std::string bytes = frame(FrameOpcode::text, "x", false);
  for (int i = 0; i < 3000; ++i) bytes += frame(FrameOpcode::continuation, "x", false);

  CHECK(events(bytes + frame(FrameOpcode::continuation, "")).front() ==
        "text " + std::string(3001, 'x'));
}

TEST_CASE("MessageAssembler: after a Close frame or a violation nothing is told any more") {
  const std::string more = frame(FrameOpcode::text, "more") + frame(FrameOpcode::close, "");
  MessageAssembler closed{Role::client}, failed{Role::client};
  RecordedEvents closed_events, failed_events;
  std::string close = frame(FrameOpcode::close, "") + more;
  std::string broken = "\xC1" + more;
  closed.feed(close, closed_events);
  failed.feed(broken, failed_events);
  for (int i = 0; i < 2; ++i) {
    std::string later = more;
    closed.feed(later, closed_events);
    failed.feed(later, failed_events);
  }

  CHECK(closed_events.lines == Lines{"close 1005 "});
  CHECK(failed_events.lines == Lines{"violation 1002 reserved bits are set"});
}

TEST_CASE("MessageAssembler: stops between two messages when no more is wanted") {
  MessageAssembler assembler{Role::client};
  RecordedEvents recorded;
  recorded.max_events = 2;
  std::string bytes = frame(FrameOpcode::text, "1") + frame(FrameOpcode::ping, "2") +
                      frame(FrameOpcode::text, "3") + "\xFF";

  assembler.feed(bytes, recorded);

  CHECK(recorded.lines == Lines{"text 1", "ping 2"});
}

TEST_CASE("RFC 6455 8.1: text must be UTF-8 over all fragments, binary need not be") {
  const Lines bad{"violation 1007 text is not UTF-8"};
  const auto two = [](FrameOpcode opcode, std::string_view first, std::string_view second) {
    return events(frame(opcode, first, false) + frame(FrameOpcode::continuation, second));
  };
  CHECK(two(FrameOpcode::text, "\xF0\x9F", "\x98\x80") == Lines{"text 😀"});
  CHECK(two(FrameOpcode::text, "\xF0\x9F", "\x98") == bad);
  CHECK(two(FrameOpcode::text, "\xF0\x9F", "x") == bad);
  CHECK(two(FrameOpcode::text, "\xE5\xBF", "") == bad);
  CHECK(two(FrameOpcode::binary, "\xF0\x9F", "x") == Lines{"binary \xF0\x9Fx"});
  CHECK(events(frame(FrameOpcode::text, "\xC3")) == bad);
  CHECK(events(frame(FrameOpcode::text, "\xC3", false)).empty());
  CHECK(events(frame(FrameOpcode::text, "ok") + frame(FrameOpcode::text, "\x80")).back() ==
        bad.front());
}

TEST_CASE("MessageAssembler: text is not checked for who does not read it") {
  std::string bytes = frame(FrameOpcode::text, "\xC3", true, Role::server) +
                      frame(FrameOpcode::text, "\xE5", false, Role::server) +
                      frame(FrameOpcode::continuation, "x", true, Role::server) +
                      frame(FrameOpcode::close, "\x03\xE8\xFF", true, Role::server);
  MessageAssembler assembler{Role::server};
  RecordedEvents events;

  assembler.accept_any_text();
  assembler.feed(bytes, events);

  CHECK(events.lines ==
        Lines{"text \xC3", "text \xE5x", "violation 1007 close reason is not UTF-8"});
}

TEST_CASE("RFC 6455 8.1: bad UTF-8 fails at once, not when the message is whole") {
  const std::string bytes = frame(FrameOpcode::text, "\xED\xA0\x80" + std::string(1000, 'x'));

  CHECK(events(bytes.substr(0, 8 + 2)) == Lines{"violation 1007 text is not UTF-8"});
}

TEST_CASE("RFC 6455 5.5.1: a Close frame's payload is checked") {
  const auto close = [](const std::string& payload) {
    return events(frame(FrameOpcode::close, payload));
  };
  CHECK(close("") == Lines{"close 1005 "});
  CHECK(close("\x0F\xA0"
              "own") == Lines{"close 4000 own"});
  CHECK(close("\x03") == Lines{"violation 1002 malformed Close frame"});
  CHECK(close("\x03\xED") == Lines{"violation 1002 malformed Close frame"});
  CHECK(close("\x03\xE8\xFF") == Lines{"violation 1007 close reason is not UTF-8"});
}

TEST_CASE("MessageAssembler: random frames in random pieces give what was sent") {
  std::mt19937 random{6455};
  for (int round = 0; round < 60; ++round) {
    std::string bytes;
    Lines expected;
    for (int i = 0; i < 8; ++i) {
      const std::string payload(random() % (i == 7 ? 66000 : 300), static_cast<char>('a' + i));
      const std::size_t cut = random() % (payload.size() + 1);
      const bool is_text = random() % 2 == 0;
      bytes +=
          frame(is_text ? FrameOpcode::text : FrameOpcode::binary, payload.substr(0, cut), false);
      if (random() % 3 == 0) {
        bytes += frame(FrameOpcode::ping, payload.substr(0, 20));
        expected.push_back("ping " + payload.substr(0, 20));
      }
      bytes += frame(FrameOpcode::continuation, payload.substr(cut));
      expected.push_back((is_text ? "text " : "binary ") + payload);
    }
    std::vector<std::size_t> pieces(50);
    for (std::size_t& piece : pieces) piece = random() % 90;

    CHECK(events_of(bytes, Role::client, kLimit, pieces) == expected);
  }
}

TEST_CASE("MessageAssembler: random bytes in random pieces are judged like the whole") {
  std::mt19937 random{1337};
  const std::string interesting = "\x81\x01\x89\x88\x80\x82\x85\xFE\x03\xE8\x00 a\xE5\xBF\x83"s;
  for (int round = 0; round < 3000; ++round) {
    std::string bytes(1 + random() % 40, '\0');
    for (char& c : bytes) c = interesting[random() % interesting.size()];
    std::vector<std::size_t> pieces(6);
    for (std::size_t& piece : pieces) piece = random() % 9;
    for (const Role sender : {Role::client, Role::server}) {
      if (events_of(bytes, sender, 30, pieces) != events_of(bytes, sender, 30)) {
        FAIL_CHECK(Catch::Detail::stringify(bytes));
      }
    }
  }
}
