#pragma once

#include <memory>
#include <vector>

#include <wskit/broker.h>
#include <wskit/http_server.h>
#include <wskit/loop.h>
#include <wskit/server.h>

#include "wsd/options.h"

/// What this node does, told each second to whoever watches: `GET /api/v1/live`.
///
/// An event `node`, then events `stats`; a watcher that reads slowly misses some of these.
/// Thread: the control loop's.
class LiveStats {
 public:
  /// All outlive this.
  LiveStats(wskit::Loop& control, wskit::Server& server, const wskit::Broker& broker,
            const WsdOptions& options);

  /// Answers with a stream, or with 503 if there are too many.
  void watch(const wskit::HttpRespond& respond);

 private:
  void add(std::unique_ptr<wskit::HttpEventStream> stream);
  void collect();
  void tell(const wskit::ServerStats& stats);

  wskit::Server& server_;
  const wskit::Broker& broker_;
  const WsdOptions& options_;
  std::vector<std::unique_ptr<wskit::HttpEventStream>> watchers_;
  bool is_collecting_ = false;
  wskit::Timer timer_;
};
