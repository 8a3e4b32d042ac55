#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include <wskit/loop.h>

#include "net/stream.h"
#include "redis/reply.h"
#include "redis/slots.h"
#include "redis/target.h"

namespace wskit {

/// Finds the Redis server to talk to: asks Sentinels for the master, a cluster for a key's node.
///
/// Thread: its loop's.
class RedisLocator final : private StreamEvents {
 public:
  /// The address, or nothing and why not, without secrets.
  using Done = std::function<void(std::optional<RedisAddress>, const std::string& reason)>;

  /// The slots and their masters, or none and why not.
  using SlotsDone = std::function<void(const std::vector<SlotRange>&, const std::string& reason)>;

  /// Both outlive this.
  RedisLocator(Loop& loop, const RedisTarget& target);
  ~RedisLocator() override;  ///< a search under way ends without a call

  /// One search at a time; `done` may run at once.
  void locate(Done done);

  /// Who has which slot, of a cluster only; `done` does not run at once.
  void find_slots(SlotsDone done);

  /// Ends the search without a call.
  void cancel();

 private:
  void on_connected() override;
  void on_data(std::span<char> bytes) override;
  void on_closed(const StreamError& error) override;

  void search(std::optional<unsigned> slot, SlotsDone done);
  void ask_next();
  void fail(const std::string& reason);
  void take(const RedisReply& reply);

  Loop& loop_;
  const RedisTarget& target_;
  Timer timer_;
  SlotsDone done_;
  std::optional<unsigned> slot_;  ///< that must have a master
  std::size_t next_ = 0;          ///< the address to ask next: who answered is asked first again
  std::size_t asked_count_ = 0;   ///< in this search
  std::unique_ptr<Stream> stream_;
  std::unique_ptr<ReplyReader> reader_;
  std::size_t expected_ = 0;  ///< replies, of which the last counts
};

}  // namespace wskit
