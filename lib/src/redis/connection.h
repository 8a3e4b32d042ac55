#pragma once

#include <deque>
#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include <wskit/backoff.h>
#include <wskit/loop.h>

#include "net/stream.h"
#include "redis/locator.h"
#include "redis/reply.h"
#include "redis/target.h"
#include "redis/transaction.h"

namespace wskit {

/// Told what happens to a RedisConnection.
class RedisEvents {
 public:
  virtual ~RedisEvents() = default;

  /// Connected, authenticated, database selected: commands may be sent.
  virtual void on_redis_ready() = 0;

  /// Not ready any more, or not made: `reason` holds no secret. It tries again by itself.
  virtual void on_redis_lost(const std::string& reason) = 0;

  /// What came without a command that waits for it: messages of subscriptions.
  virtual void on_redis_push(RedisReply reply) = 0;
};

/// One connection to Redis that comes back by itself, with backoff and jitter, wherever the server
/// is then: it follows Sentinels and clusters.
///
/// Thread: its loop's.
class RedisConnection final : private StreamEvents {
 public:
  /// Gets the reply, or nothing if the connection was lost before it came.
  using Done = std::function<void(std::optional<RedisReply>)>;

  /// `loop`, `target` and `events` outlive this.
  RedisConnection(Loop& loop, const RedisTarget& target, RedisEvents& events);
  ~RedisConnection() override;  ///< waiting commands are dropped without a call

  void start();

  bool is_ready() const { return is_ready_; }

  /// Sends a command, with all others of this turn in one write; only when ready.
  void command(std::span<const std::string_view> words, Done done);
  void command(std::initializer_list<std::string_view> words, Done done) {
    command(std::span{words.begin(), words.size()}, std::move(done));
  }

  /// The same, and all such commands of this turn are run as one: see RedisTransaction.
  void transact(std::span<const std::string_view> words, Done done);

  /// Sends a command whose replies arrive as pushes.
  void send(std::span<const std::string_view> words);
  void send(std::initializer_list<std::string_view> words) {
    send(std::span{words.begin(), words.size()});
  }

  /// Of commands that Redis has not read yet.
  std::size_t queued_bytes() const;

  /// Gives the connection up and makes a new one.
  void restart(const std::string& reason);

 private:
  void on_connected() override;
  void on_data(std::span<char> bytes) override;
  void on_closed(const StreamError& error) override;

  void connect();
  void dial(const RedisAddress& address);
  void follow(const RedisReply& error);
  void log_in();
  void take(RedisReply reply);
  void lose(const std::string& reason);
  void end_turn();

  Loop& loop_;
  const RedisTarget& target_;
  RedisLocator locator_;
  std::optional<RedisAddress> asked_;  ///< a node of the cluster that takes over the key's slot
  bool is_asking_ = false;             ///< connected there: each command needs ASKING
  RedisEvents& events_;
  Backoff backoff_;
  Timer timer_;  ///< until ready: the deadline; while lost: the next attempt
  std::unique_ptr<Stream> stream_;
  std::unique_ptr<ReplyReader> reader_;
  std::deque<Done> waiting_;
  RedisTransaction transaction_;  ///< of this turn
  std::string out_;               ///< to be written at the end of the turn
  std::shared_ptr<void> turn_end_;
  bool is_ready_ = false;
  Loop::Clock::time_point ready_since_ = {};
};

}  // namespace wskit
