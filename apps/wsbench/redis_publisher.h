#pragma once

#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "message_template.h"
#include "publisher.h"

struct redisAsyncContext;

/// Where a Redis server is, from redis://[user:password@]host[:port][/db] or
/// redis+unix:///path[?db=N].
struct RedisPlace {
  std::string host;
  int port = 6379;
  std::string path;  ///< of a unix socket, unless empty
  std::string user;
  std::string password;
  int database = 0;
};

/// Throws wskit::Error, without the password, if it is malformed.
RedisPlace parse_redis_url(const std::string& url);

/// Publishes by a command of Redis for each message.
class RedisPublisher final : public Publisher {
 public:
  RedisPublisher(wskit::Loop& loop, const Plan& plan, std::size_t number, PublisherEvents events);
  ~RedisPublisher() override;
  RedisPublisher(const RedisPublisher&) = delete;
  RedisPublisher& operator=(const RedisPublisher&) = delete;

  bool publish(std::string_view payload, std::uint64_t sequence) override;

 private:
  void greet(const RedisPlace& place);
  void on_reply(const void* reply);
  void fail(const std::string& problem);

  const std::size_t number_;
  PublisherEvents events_;
  std::vector<MessageTemplate> words_;
  std::mt19937_64 random_;
  redisAsyncContext* context_ = nullptr;  ///< null: not connected
};
