#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <wskit/broker.h>
#include <wskit/directory.h>
#include <wskit/handler_registry.h>
#include <wskit/log.h>

#include "core/interest.h"
#include "crypto/certificate.h"

namespace wskit {

/// What the workers of one server share. All but the atomic members are read only.
struct WorkerSettings {
  const HandlerRegistry& handlers;  ///< as at the start
  Log& log;
  std::string node = {};
  /// Gets what became of sessions, on the worker's thread; empty: nobody wants to know.
  std::function<void(std::vector<SessionChange>)> tell_changes = {};
  std::shared_ptr<const Certificate> certificate = nullptr;  ///< at the start; null: no TLS
  std::chrono::milliseconds handshake_timeout;
  std::size_t max_connections;  ///< of one worker
  LogLimits replay_limits;
  std::function<void(LogQuery, LogCallback)> query_log;  ///< any thread; answers on the control one
  std::function<void(std::vector<InterestChange>)> tell_interest =
      {};  ///< any thread; may be empty
  std::atomic<std::size_t> max_sessions = 0;
  std::atomic<std::size_t> session_count = 0;
  std::atomic<bool> is_draining = false;  ///< no session opens any more
};

}  // namespace wskit
