#pragma once

#include <memory>
#include <string>

#include <wskit/broker.h>
#include <wskit/directory.h>
#include <wskit/export.h>

namespace wskit {

/// How to reach a Redis server and which names to use there.
struct RedisOptions {
  /// redis://[user:pass@]host[:port][/db], rediss://… (TLS), redis+unix:///path[?db=N]
  std::string url = "redis://127.0.0.1:6379";
  std::string password;           ///< overrides the URL's; never logged
  std::string ca_file;            ///< rediss: the CA to trust instead of the system's
  std::string prefix = "wskit:";  ///< of every channel and key this toolkit uses
  /// redis-pubsub: whatever is published there goes to everyone; may be empty
  std::string everyone_topic;
  /// redis-pubsub: channels are sharded ones (SSUBSCRIBE), each subscribed to only where sessions
  /// want it, so that messages in a cluster go to the nodes concerned. Needs Redis 7.0.
  bool is_sharded = false;
};

/// A broker on Redis pub/sub: every node gets every message, or if sharded those that its sessions
/// want, at most once, without ids.
/// Throws Error if an option is malformed; an unreachable server is not an error.
WSKIT_API std::unique_ptr<Broker> make_redis_pubsub_broker(RedisOptions options);

/// A broker on a Redis stream: a log that every node follows, so that nothing is missed over
/// outages and clients can resume. Needs Redis 7.0.
/// Throws Error if an option is malformed; an unreachable server is not an error.
WSKIT_API std::unique_ptr<Broker> make_redis_stream_broker(RedisOptions options,
                                                           LogLimits limits = {});

/// A directory in the same Redis, for either broker. Needs Redis 6.2.
/// Throws Error if an option is malformed; an unreachable server is not an error.
WSKIT_API std::unique_ptr<ClusterDirectory> make_redis_directory(const RedisOptions& options);

/// Whether the URL carries a password.
WSKIT_API bool redis_url_has_password(const std::string& url);

}  // namespace wskit
