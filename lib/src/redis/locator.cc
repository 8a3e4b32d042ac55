#include "redis/locator.h"

#include <utility>

namespace wskit {
namespace {

constexpr std::chrono::milliseconds kAnswerTimeout{2000};

/// From SENTINEL GET-MASTER-ADDR-BY-NAME: [host, port]. It has all slots.
std::vector<SlotRange> parse_sentinel_master(const RedisReply& reply) {
  if (reply.elements.size() != 2) return {};
  return {{0, kSlotCount - 1, RedisAddress{reply.elements[0].text, reply.elements[1].text}}};
}

}  // namespace

RedisLocator::RedisLocator(Loop& loop, const RedisTarget& target)
    : loop_{loop}, target_{target}, timer_{loop} {}

RedisLocator::~RedisLocator() = default;

void RedisLocator::locate(Done done) {
  if (target_.topology == RedisTopology::single) return done(target_.addresses.front(), {});
  const unsigned slot = key_slot(target_.key);
  search(slot, [slot, done = std::move(done)](const auto& ranges, const std::string& reason) {
    done(find_master(ranges, slot), reason);
  });
}

void RedisLocator::find_slots(SlotsDone done) {
  search(std::nullopt, std::move(done));
}

void RedisLocator::search(std::optional<unsigned> slot, SlotsDone done) {
  slot_ = slot;
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
    if (--expected_ == 0) return take(std::get<RedisReply>(next));
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
  std::exchange(done_, nullptr)({}, reason);
}

void RedisLocator::take(const RedisReply& reply) {
  const bool is_sentinel = target_.topology == RedisTopology::sentinel;
  const auto ranges =
      is_sentinel ? parse_sentinel_master(reply) : parse_slots(reply, target_.addresses[next_]);
  if (ranges.empty() || (slot_ && !find_master(ranges, *slot_))) {
    return fail(is_sentinel ? "no master of that name is known" : "the slot has no node");
  }
  timer_.stop();
  stream_ = nullptr;
  std::exchange(done_, nullptr)(ranges, {});
}

}  // namespace wskit
