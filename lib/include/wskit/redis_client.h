#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include <wskit/export.h>
#include <wskit/loop.h>
#include <wskit/redis.h>

namespace wskit {

/// Told what happens to a RedisClient. Calls come on its loop.
class WSKIT_API RedisClientHandler {
 public:
  virtual ~RedisClientHandler() = default;
  virtual void on_redis_ready() = 0;  ///< connected and logged in; again after each loss

  /// Not ready any more, or not made: `reason` holds no secret. It tries again by itself.
  virtual void on_redis_lost(const std::string& reason) = 0;
};

/// Sends commands to Redis as they are, for programs that publish there by themselves.
///
/// Of a cluster it talks to one node, which refuses keys of others.
/// Thread: its loop's.   Ownership: loop and handler outlive it.
class WSKIT_API RedisClient {
 public:
  /// Empty if Redis took the command; else why not.
  using Done = std::function<void(const std::string& problem)>;

  /// Of the options the prefix and topics do not matter. Throws Error if one is malformed.
  RedisClient(Loop& loop, const RedisOptions& options, RedisClientHandler& handler);
  ~RedisClient();  ///< waiting commands are dropped without a call
  RedisClient(const RedisClient&) = delete;
  RedisClient& operator=(const RedisClient&) = delete;

  /// Begins to connect, once.
  void start();

  bool is_ready() const;

  /// With all others of this turn in one write; only while ready.
  void send(std::span<const std::string_view> words, Done done);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace wskit
