#pragma once

#include <memory>
#include <string>

#include <wskit/redis.h>

#include "net/stream.h"

namespace wskit {

/// Where a Redis server is, and who we are to it.
struct RedisTarget {
  std::string host;
  std::string port;
  std::string unix_path;  ///< unless empty, instead of host and port
  std::string user;
  std::string password;
  std::string database;  ///< digits, or empty
  std::unique_ptr<TlsClientContext> tls;

  StreamTarget stream_target() const;

  /// For logs: without credentials.
  std::string name() const;
};

/// Takes the URL apart; throws Error, without the URL's secrets, if it is malformed.
RedisTarget make_redis_target(const RedisOptions& options);

}  // namespace wskit
