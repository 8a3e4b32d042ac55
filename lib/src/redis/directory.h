#pragma once

#include <optional>
#include <string>

#include <wskit/directory.h>
#include <wskit/loop.h>
#include <wskit/redis.h>

#include "redis/connection.h"
#include "redis/directory_writer.h"
#include "redis/target.h"

namespace wskit {

/// A directory in Redis. Each node enters its sessions, and holds a lease as long as it lives; the
/// sessions of a node whose lease is over are removed by the first other node that notices.
///
/// directory_scripts.h describes the keys.
class RedisDirectory final : public ClusterDirectory, private RedisEvents {
 public:
  explicit RedisDirectory(const RedisOptions& options);

  void start(Loop& loop, Log& log, const std::string& node, Directory& own,
             SessionObserver& observer) override;
  void stop(std::function<void()> done) override;

  void sessions(SessionQuery query, std::function<void(SessionPage)> done) override;
  void channels(ChannelQuery query, std::function<void(ChannelPage)> done) override;
  void nodes(std::function<void(NodeList)> done) override;
  void on_sessions_changed(const std::vector<SessionChange>& changes) override;

  void leave(std::string key, std::string note, std::chrono::milliseconds life) override;
  void take(std::string key, std::function<void(std::optional<std::string>)> done) override;
  void withdraw(std::string key, std::string note, std::function<void(bool)> done) override;

 private:
  void on_redis_ready() override;
  void on_redis_lost(const std::string& reason) override;
  void on_redis_push(RedisReply) override { connection_->restart("not asked for"); }

  /// Runs a script; `take` gets its array, or null if there is none.
  void run(std::string_view script, std::initializer_list<std::string_view> words,
           std::function<void(const RedisReply*)> take);
  void tick();
  void renew();
  void look_for_dead();
  void reap(const std::string& node);
  void leave_cluster();
  void take_refusal(const RedisReply& error);
  std::string key_of(std::string_view kind, std::string_view name) const;

  const std::string base_;  ///< begins the names of all keys
  const RedisTarget target_;
  Loop* loop_ = nullptr;
  Log* log_ = nullptr;
  SessionObserver* observer_ = nullptr;
  std::string node_;
  std::string lease_;  ///< what the lease says
  std::optional<RedisConnection> connection_;
  std::optional<DirectoryWriter> writer_;
  std::optional<Timer> timer_;
  int ticks_until_renewal_ = 0;
  bool has_lease_ = false;  ///< since the connection is ready
  bool is_renewing_ = false;
  bool is_stopping_ = false;
  bool is_refused_ = false;     ///< Redis answers, but does not do what it is told
  std::function<void()> left_;  ///< stopping: to be called when the node is gone
};

}  // namespace wskit
