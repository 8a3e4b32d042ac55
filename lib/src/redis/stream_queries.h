#pragma once

#include <cstddef>
#include <deque>
#include <memory>
#include <string>

#include <wskit/broker.h>
#include <wskit/loop.h>

#include "redis/connection.h"
#include "redis/stream_entry.h"

namespace wskit {

/// Reads a log in Redis backwards and from the middle, for clients that resume or look back.
///
/// Thread: the loop's.
class StreamQueries final : private RedisEvents {
 public:
  /// Everything given outlives this, and the limit may change.
  StreamQueries(Loop& loop, const RedisTarget& target, const StreamKeys& keys,
                const std::size_t& max_message_bytes);

  void start() { connection_.start(); }
  void restart(const std::string& reason) { connection_.restart(reason); }

  /// Asks for few pages at a time; the others wait, and what is live does not.
  void query(LogQuery query, LogCallback done);

  /// Looks through a bounded number of entries, whatever their channels.
  void history(HistoryQuery query, HistoryCallback done);

 private:
  struct Search;
  struct Question {
    LogQuery query;
    LogCallback done;
  };

  void on_redis_ready() override {}
  void on_redis_lost(const std::string&) override {}
  void on_redis_push(RedisReply) override { connection_.restart("not asked for"); }

  void ask_next();
  void ask(Question question);
  void search_page(std::shared_ptr<Search> search);

  const StreamKeys& keys_;
  const std::size_t& max_message_bytes_;
  RedisConnection connection_;
  std::deque<Question> waiting_;
  std::size_t asked_count_ = 0;  ///< not answered yet
};

}  // namespace wskit
