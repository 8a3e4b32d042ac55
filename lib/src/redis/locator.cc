#include "redis/locator.h"

#include <array>
#include <utility>

namespace wskit {
namespace {

constexpr std::chrono::milliseconds kAnswerTimeout{2000};

/// From SENTINEL GET-MASTER-ADDR-BY-NAME: [host, port].
std::optional<RedisAddress> read_master(const RedisReply& reply) {
  if (reply.elements.size() != 2) return std::nullopt;
  return RedisAddress{reply.elements[0].text, reply.elements[1].text};
}

/// From CLUSTER SLOTS: [first, last, [host, port, …], …] for each range of slots.
std::optional<RedisAddress> read_slot_owner(const RedisReply& ranges, std::int64_t slot,
                                            const RedisAddress& asked) {
  for (const RedisReply& range : ranges.elements) {
    const auto& parts = range.elements;
    if (parts.size() < 3 || slot < parts[0].integer || slot > parts[1].integer) continue;
    const auto& master = parts[2].elements;
    if (master.size() < 2) return std::nullopt;
    // A node that does not know its own address means the one by which it was reached.
    const bool is_known = !master[0].text.empty();
    return RedisAddress{is_known ? master[0].text : asked.host, std::to_string(master[1].integer)};
  }
  return std::nullopt;
}

}  // namespace

RedisLocator::RedisLocator(Loop& loop, const RedisTarget& target)
    : loop_{loop}, target_{target}, timer_{loop} {}

RedisLocator::~RedisLocator() = default;

void RedisLocator::locate(Done done) {
  if (target_.topology == RedisTopology::single) return done(target_.addresses.front(), {});
  done_ = std::move(done);
  asked_count_ = 0;
  ask_next();
}

void RedisLocator::cancel() {
  timer_.stop();
  stream_ = nullptr;
  done_ = nullptr;
}

void RedisLocator::ask_next() {
  ++asked_count_;
  replies_.clear();
  reader_ = std::make_unique<ReplyReader>();
  StreamEvents& events = *this;
  stream_ =
      std::make_unique<Stream>(loop_, target_.stream_target(target_.addresses[next_]), events);
  timer_.start(kAnswerTimeout, [this] { fail("no answer"); });
  stream_->connect();
}

void RedisLocator::on_connected() {
  std::string commands;
  const auto add = [&](std::initializer_list<std::string_view> words) {
    append_command(commands, std::span{words.begin(), words.size()});
    ++expected_;
  };
  expected_ = 0;
  if (target_.topology == RedisTopology::sentinel) {
    add({"SENTINEL", "GET-MASTER-ADDR-BY-NAME", target_.master_name});
  } else {
    if (!target_.user.empty()) {
      add({"AUTH", target_.user, target_.password});
    } else if (!target_.password.empty()) {
      add({"AUTH", target_.password});
    }
    add({"CLUSTER", "KEYSLOT", target_.key});
    add({"CLUSTER", "SLOTS"});
  }
  static_cast<void>(stream_->write(commands));
}

void RedisLocator::on_data(std::span<char> bytes) {
  reader_->feed({bytes.data(), bytes.size()});
  while (true) {
    auto next = reader_->next();
    if (std::holds_alternative<ReplyReader::NeedMore>(next)) return;
    if (std::holds_alternative<ReplyReader::Malformed>(next)) {
      return fail("the answer is not of the Redis protocol");
    }
    replies_.push_back(std::get<RedisReply>(std::move(next)));
    if (replies_.size() == expected_) return take(std::move(replies_));
  }
}

void RedisLocator::on_closed(const StreamError& error) {
  fail(error.message);
}

void RedisLocator::fail(const std::string& reason) {
  timer_.stop();
  stream_ = nullptr;
  next_ = (next_ + 1) % target_.addresses.size();
  if (asked_count_ < target_.addresses.size()) return ask_next();
  std::exchange(done_, nullptr)(std::nullopt, reason);
}

void RedisLocator::take(std::vector<RedisReply> replies) {
  const RedisReply& last = replies.back();
  const bool is_sentinel = target_.topology == RedisTopology::sentinel;
  const auto found = is_sentinel ? read_master(last)
                                 : read_slot_owner(last, replies[replies.size() - 2].integer,
                                                   target_.addresses[next_]);
  if (!found) return fail(is_sentinel ? "no master of that name is known" : "the slot has no node");
  timer_.stop();
  stream_ = nullptr;
  std::exchange(done_, nullptr)(*found, {});
}

}  // namespace wskit
