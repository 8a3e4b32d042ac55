#include <wskit/redis_client.h>

#include <optional>
#include <utility>

#include "redis/connection.h"
#include "redis/target.h"

namespace wskit {

struct RedisClient::Impl final : RedisEvents {
  Impl(Loop& loop, const RedisOptions& options, RedisClientHandler& client_handler)
      : handler{client_handler},
        target{make_redis_target(options)},
        connection{loop, target, *this} {}

  void on_redis_ready() override { handler.on_redis_ready(); }
  void on_redis_lost(const std::string& reason) override { handler.on_redis_lost(reason); }
  void on_redis_push(RedisReply) override {}

  RedisClientHandler& handler;
  const RedisTarget target;
  RedisConnection connection;
};

RedisClient::RedisClient(Loop& loop, const RedisOptions& options, RedisClientHandler& handler)
    : impl_{std::make_unique<Impl>(loop, options, handler)} {}

RedisClient::~RedisClient() = default;

void RedisClient::start() {
  impl_->connection.start();
}

bool RedisClient::is_ready() const {
  return impl_->connection.is_ready();
}

void RedisClient::send(std::span<const std::string_view> words, Done done) {
  impl_->connection.command(words, [done = std::move(done)](std::optional<RedisReply> reply) {
    if (!reply) return done("the connection was lost");
    done(reply->is_error() ? reply->text : "");
  });
}

}  // namespace wskit
