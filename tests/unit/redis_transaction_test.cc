#include "redis/transaction.h"

#include <array>

#include <catch2/catch.hpp>

using wskit::RedisReply;
using wskit::RedisTransaction;

namespace {

using Texts = std::vector<std::string>;

/// A transaction of commands ADD 1, ADD 2, …, and what each was answered.
struct Sample {
  explicit Sample(int count) {
    answers.resize(static_cast<std::size_t>(count), "waits");
    for (int i = 0; i < count; ++i) {
      const std::string number = std::to_string(i);
      transaction.add(std::array<std::string_view, 2>{"ADD", number},
                      [this, i](const std::optional<RedisReply>& reply) {
                        answers[static_cast<std::size_t>(i)] = reply ? reply->text : "lost";
                      });
    }
    transaction.move_to(out, waiting);
  }

  void reply(std::optional<RedisReply> value) {
    const auto done = std::move(waiting.front());
    waiting.pop_front();
    done(std::move(value));
  }

  RedisTransaction transaction;
  std::string out;
  std::deque<RedisTransaction::Done> waiting;
  Texts answers;
};

RedisReply reply_of(RedisReply::Kind kind, std::string text) {
  RedisReply reply;
  reply.kind = kind;
  reply.text = std::move(text);
  return reply;
}

RedisReply text(std::string value) {
  return reply_of(RedisReply::Kind::bulk, std::move(value));
}

RedisReply error(std::string value) {
  return reply_of(RedisReply::Kind::error, std::move(value));
}

RedisReply array(std::vector<RedisReply> elements) {
  RedisReply reply = reply_of(RedisReply::Kind::array, {});
  reply.elements = std::move(elements);
  return reply;
}

const RedisReply kOk = reply_of(RedisReply::Kind::status, "OK");
const RedisReply kQueued = reply_of(RedisReply::Kind::status, "QUEUED");

}  // namespace

TEST_CASE("RedisTransaction: one command goes as it is, none is nothing") {
  CHECK(Sample{0}.out.empty());

  Sample one{1};
  CHECK(one.out == "*2\r\n$3\r\nADD\r\n$1\r\n0\r\n");
  one.reply(text("id"));

  CHECK(one.answers == Texts{"id"});
  CHECK(one.transaction.size() == 0);
}

TEST_CASE("RedisTransaction: several commands get their replies when all have run") {
  Sample two{2};
  CHECK(two.out ==
        "*1\r\n$5\r\nMULTI\r\n*2\r\n$3\r\nADD\r\n$1\r\n0\r\n*2\r\n$3\r\nADD\r\n$1\r\n1\r\n"
        "*1\r\n$4\r\nEXEC\r\n");

  for (const RedisReply& each : {kOk, kQueued, kQueued}) two.reply(each);
  CHECK(two.answers == Texts{"waits", "waits"});
  two.reply(array({text("a"), error("b")}));

  CHECK(two.answers == Texts{"a", "b"});
  CHECK(two.waiting.empty());
}

TEST_CASE("RedisTransaction: one refused command says why none has run") {
  Sample two{2};
  for (const RedisReply& each : {kOk, kQueued, error("OOM full"), error("EXECABORT")}) {
    two.reply(each);
  }
  CHECK(two.answers == Texts{"OOM full", "OOM full"});

  Sample lost_after_refusal{2};
  lost_after_refusal.reply(kOk);
  lost_after_refusal.reply(error("MOVED 1 h:1"));
  lost_after_refusal.reply(std::nullopt);
  lost_after_refusal.reply(std::nullopt);
  CHECK(lost_after_refusal.answers == Texts{"MOVED 1 h:1", "MOVED 1 h:1"});
}

TEST_CASE("RedisTransaction: what came of it may stay unknown") {
  Sample lost{2};
  for (int i = 0; i < 4; ++i) lost.reply(std::nullopt);
  CHECK(lost.answers == Texts{"lost", "lost"});

  Sample odd{2};
  for (const RedisReply& each : {kOk, kQueued, kQueued, text("?")}) odd.reply(each);
  CHECK(odd.answers == Texts{"lost", "lost"});
}
