#include "core/message_log.h"

#include <random>

#include <catch2/catch.hpp>

#include "support/messages.h"

using namespace wskit;

namespace {

using Times = std::vector<std::uint64_t>;

constexpr std::size_t kAll = 1024 * 1024;

LogLimits at_most(std::size_t messages) {
  return {.max_messages = messages, .max_bytes = SIZE_MAX, .max_age = {}};
}

}  // namespace

TEST_CASE("MessageLog: gives what came to some channels after an id, in order") {
  MessageLog log{at_most(100), {10, 0}};
  for (const auto& [channel, ms] :
       {std::pair{"a", 11U}, {"b", 12U}, {"c", 13U}, {"a", 14U}, {"b", 15U}}) {
    log.append(message_to(channel, ms));
  }

  CHECK(times_of(log.read({"a", "b"}, {10, 0}, kAll).messages) == Times{11, 12, 14, 15});
  CHECK(times_of(log.read({"a", "b"}, {12, 0}, kAll).messages) == Times{14, 15});
  CHECK(times_of(log.read({"a", "b"}, {12, 5}, kAll).messages) == Times{14, 15});
  CHECK(times_of(log.read({"c", "none"}, {10, 0}, kAll).messages) == Times{13});
  CHECK(log.read({"a"}, {15, 0}, kAll).messages.empty());
}

TEST_CASE("MessageLog: pages go on where the last one ended") {
  MessageLog log{at_most(100)};
  for (std::uint64_t ms = 1; ms <= 5; ++ms) log.append(message_to("a", ms, std::string(10, 'x')));

  const auto first = log.read({"a"}, {}, 25);
  CHECK(times_of(first.messages) == Times{1, 2});
  CHECK(first.read_to == MessageId{2, 0});
  CHECK_FALSE(first.is_last);

  const auto rest = log.read({"a"}, first.read_to, 30);
  CHECK(times_of(rest.messages) == Times{3, 4, 5});
  CHECK(rest.is_last);

  // One message larger than a page comes alone.
  CHECK(times_of(log.read({"a"}, {4, 0}, 1).messages) == Times{5});
}

TEST_CASE("MessageLog: knows how far it reaches back") {
  MessageLog log{at_most(2), {5, 0}};
  CHECK(log.covers({5, 0}));
  CHECK_FALSE(log.covers({4, 9}));
  CHECK_FALSE(log.covers({5, 1}));
  for (std::uint64_t ms = 6; ms <= 9; ++ms) log.append(message_to("a", ms));

  CHECK(log.size() == 2);
  CHECK(log.reach() == MessageId{7, 0});
  CHECK(log.covers({7, 0}));
  CHECK(log.covers({9, 0}));
  CHECK_FALSE(log.covers({6, 0}));
  CHECK_FALSE(log.covers({9, 1}));
}

TEST_CASE("MessageLog: in a whole log, an id below the first is another log's") {
  MessageLog log{at_most(100)};
  CHECK(log.covers({}));
  log.append(message_to("a", 10));
  CHECK(log.covers({}));
  CHECK(log.covers({10, 0}));
  CHECK_FALSE(log.covers({9, 0}));
}

TEST_CASE("MessageLog: drops by bytes and by age") {
  MessageLog small{{.max_messages = 100, .max_bytes = 2000, .max_age = {}}};
  for (std::uint64_t ms = 1; ms <= 9; ++ms)
    small.append(message_to("a", ms, std::string(500, 'x')));
  CHECK(small.size() == 3);

  MessageLog young{
      {.max_messages = 100, .max_bytes = SIZE_MAX, .max_age = std::chrono::milliseconds{1000}}};
  young.append(message_to("a", 5000));
  young.append(message_to("a", 5500));
  young.append(message_to("a", 6100));
  young.drop_old(6400);
  CHECK(young.size() == 2);
  CHECK(young.reach() == MessageId{5000, 0});
  young.drop_old(100000);
  CHECK(young.size() == 0);
  CHECK(young.last_id() == MessageId{6100, 0});
}

TEST_CASE("MessageLog: history gives the newest before an id, oldest first") {
  MessageLog log{at_most(100)};
  for (std::uint64_t ms = 1; ms <= 6; ++ms) log.append(message_to(ms % 2 ? "odd" : "even", ms));

  const auto history = [&](HistoryQuery query) { return times_of(log.history(query).messages); };

  CHECK(history({"odd", {}, 2}) == Times{3, 5});
  CHECK(history({"odd", MessageId{5, 0}, 50}) == Times{1, 3});
  CHECK(history({"odd", MessageId{1, 0}, 50}).empty());
  CHECK(history({"none", {}, 50}).empty());
}

TEST_CASE("MessageLog: a history over its bytes says that it is truncated") {
  MessageLog log{at_most(100)};
  for (std::uint64_t ms = 1; ms <= 6; ++ms) log.append(message_to("a", ms, std::string(10, 'x')));

  const auto answer = log.history({"a", {}, 50, 35});

  CHECK(times_of(answer.messages) == Times{4, 5, 6});
  CHECK(answer.is_truncated);
  CHECK(times_of(log.history({"a", {}, 50, 1}).messages) == Times{6});
  CHECK_FALSE(log.history({"a", {}, 3, 35}).is_truncated);
}

TEST_CASE("MessageLog: begins anew after a restart, also at smaller ids") {
  MessageLog log{at_most(3)};
  for (std::uint64_t ms = 100; ms < 110; ++ms) log.append(message_to("a", ms));

  log.restart({50, 0});
  CHECK(log.size() == 0);
  CHECK(log.covers({50, 0}));
  log.append(message_to("a", 51));

  CHECK(times_of(log.read({"a"}, {50, 0}, kAll).messages) == Times{51});
}

TEST_CASE("MessageLog: random appends and drops agree with a plain list") {
  std::mt19937 random{7};
  for (int round = 0; round < 30; ++round) {
    const std::size_t limit = 1 + random() % 40;
    MessageLog log{at_most(limit)};
    std::vector<SharedMessage> list;
    std::uint64_t ms = 1;
    for (int i = 0; i < 200; ++i) {
      ms += 1 + random() % 3;
      const std::string channel(1, static_cast<char>('a' + random() % 4));
      list.push_back(message_to(channel, ms));
      log.append(list.back());
      const std::size_t kept = std::min(limit, list.size());
      const std::size_t from = list.size() - 1 - random() % kept;
      const MessageId after = list[from]->id;
      Times expected;
      for (std::size_t at = from + 1; at < list.size(); ++at) {
        if (list[at]->channel <= "b") expected.push_back(list[at]->id.ms);
      }
      CHECK(times_of(log.read({"b", "a"}, after, kAll).messages) == expected);
    }
  }
}
