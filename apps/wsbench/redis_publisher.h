#pragma once

#include <random>
#include <string>
#include <string_view>
#include <vector>

#include <wskit/redis_client.h>

#include "message_template.h"
#include "publisher.h"

/// Publishes by a command of Redis for each message.
class RedisPublisher final : public Publisher, private wskit::RedisClientHandler {
 public:
  RedisPublisher(wskit::Loop& loop, const Plan& plan, std::size_t number, PublisherEvents events);

  bool publish(std::string_view payload, std::uint64_t sequence) override;

 private:
  void on_redis_ready() override { events_.on_ready(); }
  void on_redis_lost(const std::string& reason) override;

  const std::size_t number_;
  PublisherEvents events_;
  std::vector<MessageTemplate> templates_;  ///< of each word
  std::vector<std::string> words_;          ///< of the command that is being sent
  std::mt19937_64 random_;
  wskit::RedisClient client_;
};
