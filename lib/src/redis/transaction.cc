#include "redis/transaction.h"

#include <array>
#include <memory>
#include <utility>

namespace wskit {
namespace {

/// What came of a transaction's commands.
struct Outcome {
  std::vector<RedisTransaction::Done> dones;
  std::optional<RedisReply> refusal;  ///< of a command, so that none was run

  void tell(std::optional<RedisReply> reply) {
    const bool has_all = reply && reply->is_array() && reply->elements.size() == dones.size();
    const bool is_error = reply && reply->is_error();
    for (std::size_t i = 0; i < dones.size(); ++i) {
      if (has_all) {
        dones[i](std::move(reply->elements[i]));
      } else if (refusal) {
        dones[i](refusal);
      } else {
        dones[i](is_error ? reply : std::nullopt);
      }
    }
  }
};

void append_word(std::string& out, std::string_view word) {
  append_command(out, std::array{word});
}

}  // namespace

void RedisTransaction::add(std::span<const std::string_view> words, Done done) {
  append_command(commands_, words);
  dones_.push_back(std::move(done));
}

void RedisTransaction::move_to(std::string& out, std::deque<Done>& waiting) {
  if (dones_.empty()) return;
  if (dones_.size() == 1) {
    out += std::exchange(commands_, {});
    waiting.push_back(std::move(dones_.front()));
    dones_.clear();
    return;
  }
  append_word(out, "MULTI");
  out += std::exchange(commands_, {});
  append_word(out, "EXEC");
  const auto outcome = std::make_shared<Outcome>();
  outcome->dones = std::exchange(dones_, {});
  waiting.emplace_back([](const std::optional<RedisReply>&) {});
  for (std::size_t i = 0; i < outcome->dones.size(); ++i) {
    waiting.emplace_back([outcome](std::optional<RedisReply> reply) {
      if (reply && reply->is_error() && !outcome->refusal) outcome->refusal = std::move(reply);
    });
  }
  waiting.emplace_back(
      [outcome](std::optional<RedisReply> reply) { outcome->tell(std::move(reply)); });
}

}  // namespace wskit
