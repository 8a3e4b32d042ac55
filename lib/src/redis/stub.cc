#include <wskit/redis.h>
namespace wskit {
std::unique_ptr<Broker> make_redis_pubsub_broker(RedisOptions) {
  return make_local_broker();
}
bool redis_url_has_password(const std::string&) {
  return false;
}
}  // namespace wskit
