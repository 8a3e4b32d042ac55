#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <wskit/client_settings.h>
#include <wskit/http_client.h>
#include <wskit/redis.h>

#include "clock.h"
#include "load_options.h"
#include "message_template.h"

/// What all threads of a run have to know. Never changes; any thread may read it.
struct Plan {
  LoadOptions options;
  bool is_loopback = false;  ///< where the server is
  /// One for each local address; connections take them in turn.
  std::vector<std::shared_ptr<const wskit::ClientSettings>> settings;
  std::optional<MessageTemplate> url;  ///< of each connection, if they differ
  /// Of the fan-out's publishers by frame.
  std::shared_ptr<const wskit::ClientSettings> publisher_settings;
  wskit::HttpClientOptions publish_http;  ///< of publishers by POST
  wskit::RedisOptions publish_redis;      ///< of publishers by commands
  std::vector<wskit::Header> publish_headers;

  /// Of the connections that there may ever be, those that belong to one of the threads.
  std::size_t connections_of(std::size_t thread) const;

  /// Of `total`, numbered from 0, those that a thread has.
  std::size_t share_of_thread(std::size_t total, std::size_t thread) const;
};

/// When there is traffic, and when it is measured.
struct Window {
  TimePoint start{};                   ///< of all traffic
  TimePoint from = TimePoint::max();   ///< measured are messages due from here ...
  TimePoint until = TimePoint::max();  ///< ... to here; in an open loop none is due later
  TimePoint end = TimePoint::max();    ///< of all traffic
};
