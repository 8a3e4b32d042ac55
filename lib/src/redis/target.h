#pragma once

#include <memory>
#include <string>
#include <vector>

#include <wskit/redis.h>

#include "net/stream.h"

namespace wskit {

/// How the server to talk to is found.
enum class RedisTopology {
  single,    ///< it is named
  sentinel,  ///< Sentinels know the master
  cluster,   ///< any node of the cluster knows who has a key
};

struct RedisAddress {
  std::string host;
  std::string port;
  std::string unix_path = {};  ///< unless empty, instead of host and port

  bool operator==(const RedisAddress&) const = default;

  std::string name() const { return unix_path.empty() ? host + ":" + port : unix_path; }
};

/// Where Redis is, and who we are to it.
struct RedisTarget {
  RedisTopology topology = RedisTopology::single;
  std::vector<RedisAddress> addresses;  ///< the server, or those to ask for it
  std::string master_name;              ///< sentinel
  std::string key;                      ///< cluster: whose node is meant; empty: any
  std::string user;
  std::string password;
  std::string database;  ///< digits, or empty
  std::shared_ptr<const TlsClientContext> tls;

  StreamTarget stream_target(const RedisAddress& address) const;

  /// For logs: without credentials.
  std::string name() const;
};

/// Takes the URL apart; throws Error, without the URL's secrets, if it is malformed.
RedisTarget make_redis_target(const RedisOptions& options);

}  // namespace wskit
