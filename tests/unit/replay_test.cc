#include "core/replay.h"

#include <deque>
#include <map>
#include <random>

#include <catch2/catch.hpp>

#include "support/messages.h"

using namespace wskit;

namespace {

using Times = std::vector<std::uint64_t>;

constexpr std::size_t kPage = 1024;

LogLimits at_most(std::size_t messages) {
  return {.max_messages = messages, .max_bytes = SIZE_MAX, .max_age = {}};
}

MessageLog log_of(std::size_t limit, std::uint64_t from, std::uint64_t to) {
  MessageLog log{at_most(limit), {from - 1, 0}};
  for (std::uint64_t ms = from; ms <= to; ++ms) log.append(message_to("a", ms));
  return log;
}

}  // namespace

TEST_CASE("Replay: what the loop's log has comes at once, then the channel is live") {
  const MessageLog log = log_of(100, 1, 5);
  Replay replay;
  replay.add({"a"}, {2, 0});
  CHECK(replay.covers("a"));
  CHECK_FALSE(replay.covers("b"));

  const auto step = replay.next(log, kPage);

  REQUIRE(std::holds_alternative<Replay::Send>(step));
  CHECK(times_of(std::get<Replay::Send>(step).messages) == Times{3, 4, 5});
  CHECK_FALSE(replay.covers("a"));
  CHECK(std::holds_alternative<Replay::Done>(replay.next(log, kPage)));
}

TEST_CASE("Replay: asks the broker for what the loop's log has dropped") {
  const MessageLog log = log_of(2, 1, 5);
  Replay replay;
  replay.add({"a"}, {1, 0});

  const auto step = replay.next(log, kPage);
  REQUIRE(std::holds_alternative<Replay::Ask>(step));
  const auto& ask = std::get<Replay::Ask>(step);
  CHECK(ask.query.after == MessageId{1, 0});
  CHECK(std::holds_alternative<Replay::Wait>(replay.next(log, kPage)));
  CHECK(replay.covers("a"));

  const auto answered = replay.answer(
      ask.part, {LogAnswer::Status::ok, {message_to("a", 2), message_to("a", 3)}, MessageId{3, 0}});
  CHECK(times_of(answered.messages) == Times{2, 3});
  const auto rest = replay.next(log, kPage);
  REQUIRE(std::holds_alternative<Replay::Send>(rest));
  CHECK(times_of(std::get<Replay::Send>(rest).messages) == Times{4, 5});
}

TEST_CASE("Replay: a gap names each channel and the last id it had, and goes on after it") {
  const MessageLog log = log_of(2, 1, 5);
  Replay replay;
  replay.add({"a", "b"}, {1, 0});
  const auto step = replay.next(log, kPage);

  const auto answered = replay.answer(std::get<Replay::Ask>(step).part,
                                      {LogAnswer::Status::gap, {}, MessageId{3, 0}});

  CHECK(answered.gap_channels == std::vector<std::string>{"a", "b"});
  CHECK(answered.gap_since == MessageId{1, 0});
  const auto rest = replay.next(log, kPage);
  CHECK(times_of(std::get<Replay::Send>(rest).messages) == Times{4, 5});
}

TEST_CASE("Replay: an id that this node has not reached yet holds the channel back until then") {
  MessageLog log = log_of(100, 1, 5);
  Replay replay;
  replay.add({"a"}, {7, 0});
  const auto step = replay.next(log, kPage);
  REQUIRE(std::holds_alternative<Replay::Ask>(step));
  CHECK(
      replay.answer(std::get<Replay::Ask>(step).part, {LogAnswer::Status::ok, {}, MessageId{7, 0}})
          .messages.empty());
  CHECK(std::holds_alternative<Replay::Wait>(replay.next(log, kPage)));

  for (std::uint64_t ms = 6; ms <= 8; ++ms) log.append(message_to("a", ms));

  const auto rest = replay.next(log, kPage);
  REQUIRE(std::holds_alternative<Replay::Send>(rest));
  CHECK(times_of(std::get<Replay::Send>(rest).messages) == Times{8});
}

TEST_CASE("Replay: asks again after a question that could not be answered") {
  const MessageLog log = log_of(2, 1, 5);
  Replay replay;
  replay.add({"a"}, {1, 0});
  const auto first = std::get<Replay::Ask>(replay.next(log, kPage));

  CHECK(replay.answer(first.part, {LogAnswer::Status::unavailable, {}, {}}).gap_channels.empty());

  CHECK(std::holds_alternative<Replay::Ask>(replay.next(log, kPage)));
}

TEST_CASE("Replay: a channel that was left gets nothing more") {
  const MessageLog log = log_of(2, 1, 5);
  Replay replay;
  replay.add({"a", "b"}, {1, 0});
  const auto ask = std::get<Replay::Ask>(replay.next(log, kPage));

  replay.remove("a");

  const auto answered = replay.answer(
      ask.part, {LogAnswer::Status::ok, {message_to("a", 2), message_to("b", 3)}, MessageId{3, 0}});
  CHECK(times_of(answered.messages) == Times{3});
  replay.remove("b");
  CHECK(std::holds_alternative<Replay::Done>(replay.next(log, kPage)));
}

namespace {

/// A node that gets messages late, a broker that has them all, and one session that resumes.
class Simulation {
 public:
  explicit Simulation(std::uint32_t seed) : random_{seed} {}

  void run() {
    for (int i = 0; i < 400; ++i) step(static_cast<unsigned>(random_() % 6));
    // Let everything settle.
    for (int i = 0; i < 3000; ++i) step(static_cast<unsigned>(1 + random_() % 5));
    step(1);
    for (const auto& [channel, got] : received_) {
      INFO(channel);
      const std::uint64_t since = since_.at(channel);
      Times expected;
      for (const auto& message : broker_) {
        if (message->channel == channel && message->id.ms > since) {
          expected.push_back(message->id.ms);
        }
      }
      CHECK(got == expected);
    }
  }

 private:
  void step(unsigned action) {
    switch (action) {
      case 0: {  // somebody publishes
        const std::string channel(1, static_cast<char>('a' + random_() % 3));
        broker_.push_back(message_to(channel, ++now_));
        break;
      }
      case 1:  // the node gets some
        while (delivered_ < broker_.size() && random_() % 4 != 0) deliver(broker_[delivered_++]);
        break;
      case 2:  // the session subscribes, perhaps with an id that the node has not seen
        subscribe(std::string(1, static_cast<char>('a' + random_() % 3)));
        break;
      case 3:  // the broker answers
        answer();
        break;
      default:
        replay();
    }
  }

  void deliver(const SharedMessage& message) {
    log_.append(message);
    if (!received_.contains(message->channel) || replay_.covers(message->channel)) return;
    received_[message->channel].push_back(message->id.ms);
  }

  void subscribe(const std::string& channel) {
    if (received_.contains(channel) || now_ == 0) return;
    since_[channel] = random_() % (now_ + 1);
    received_[channel] = {};
    replay_.add({channel}, {since_[channel], 0});
  }

  void answer() {
    if (asked_.empty()) return;
    const Replay::Ask ask = asked_.front();
    asked_.pop_front();
    LogAnswer answer;
    if (random_() % 3 == 0) {
      answer.status = LogAnswer::Status::unavailable;
    } else {
      answer.read_to = ask.query.after;
      for (const auto& message : broker_) {
        if (message->id <= ask.query.after || answer.messages.size() == 3) continue;
        if (message->channel == ask.query.channels.front()) answer.messages.push_back(message);
        answer.read_to = message->id;
      }
    }
    take(replay_.answer(ask.part, std::move(answer)).messages);
  }

  void replay() {
    auto step = replay_.next(log_, random_() % 4);
    if (auto* send = std::get_if<Replay::Send>(&step)) take(send->messages);
    if (auto* ask = std::get_if<Replay::Ask>(&step)) asked_.push_back(std::move(*ask));
  }

  void take(const std::vector<SharedMessage>& messages) {
    for (const auto& message : messages) received_[message->channel].push_back(message->id.ms);
  }

  std::mt19937 random_;
  std::uint64_t now_ = 0;
  std::vector<SharedMessage> broker_;
  std::size_t delivered_ = 0;
  MessageLog log_{at_most(5)};
  Replay replay_;
  std::deque<Replay::Ask> asked_;
  std::map<std::string, Times> received_;
  std::map<std::string, std::uint64_t> since_;
};

}  // namespace

TEST_CASE("Replay: whatever the order of events, each message comes once and in order") {
  for (std::uint32_t seed = 0; seed < 300; ++seed) {
    INFO(seed);
    Simulation{seed}.run();
  }
}
