#pragma once

#include <cstddef>
#include <functional>
#include <utility>

#include <wskit/broker.h>
#include <wskit/http_server.h>
#include <wskit/log.h>
#include <wskit/loop.h>
#include <wskit/server.h>

#include "wsd/configuration.h"
#include "wsd/hooks.h"
#include "wsd/live_stats.h"
#include "wsd/options.h"
#include "wsd/permissions.h"

/// The internal HTTP API of one node. Thread: the control loop's.
class Api {
 public:
  using Reload = std::function<ReloadResult()>;

  /// All outlive this; `hooks` may be null.
  Api(wskit::Loop& control, wskit::Server& server, wskit::Broker& broker,
      const Permissions& permissions, const Hooks* hooks, const WsdOptions& options,
      wskit::Log& log, Reload reload)
      : server_{server},
        broker_{broker},
        permissions_{permissions},
        hooks_{hooks},
        options_{options},
        log_{log},
        live_stats_{control, server, broker, options},
        reload_{std::move(reload)} {}

  void handle(wskit::HttpRequest request, wskit::HttpRespond respond);

 private:
  void publish(const wskit::HttpRequest& request, wskit::HttpRespond respond);
  void batch(const wskit::HttpRequest& request, wskit::HttpRespond respond);
  void history(const wskit::HttpRequest& request, wskit::HttpRespond respond);
  void sessions(const wskit::HttpRequest& request, wskit::HttpRespond respond);
  void disconnect(const wskit::HttpRequest& request, wskit::HttpRespond respond);
  void channels(const wskit::HttpRequest& request, wskit::HttpRespond respond);
  void presence(const wskit::HttpRequest& request, wskit::HttpRespond respond);
  void nodes(const wskit::HttpRequest& request, wskit::HttpRespond respond);
  void live(const wskit::HttpRequest& request, wskit::HttpRespond respond);
  void drain(const wskit::HttpRequest& request, wskit::HttpRespond respond);
  void reload(const wskit::HttpRequest& request, wskit::HttpRespond respond);
  void liveness(const wskit::HttpRequest& request, wskit::HttpRespond respond);
  void readiness(const wskit::HttpRequest& request, wskit::HttpRespond respond);
  void metrics(const wskit::HttpRequest& request, wskit::HttpRespond respond);
  bool is_authorized(const wskit::HttpRequest& request) const;
  bool is_too_large(const wskit::Publication& publication) const;

  wskit::Server& server_;
  wskit::Broker& broker_;
  const Permissions& permissions_;
  const Hooks* hooks_;
  const WsdOptions& options_;
  wskit::Log& log_;
  LiveStats live_stats_;
  Reload reload_;
};
