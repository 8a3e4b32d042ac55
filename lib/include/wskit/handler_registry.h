#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <wskit/encoding.h>
#include <wskit/export.h>
#include <wskit/handshake.h>
#include <wskit/message_handler.h>

namespace wskit {

/// What becomes of a session that reads too slowly.
enum class SlowConsumer : std::uint8_t {
  disconnect,  ///< it ends: 1008
  /// The oldest messages of its channels that wait are dropped, and it is told so: by a gap object,
  /// or 4410 on the plain encodings. It ends (1008) where that does not help: what handlers send
  /// is not dropped, nor what the kernel has not taken for six times max_queue_age.
  drop_oldest,
};

/// What one session may use up.
struct SessionLimits {
  bool operator==(const SessionLimits&) const = default;

  std::size_t max_message_bytes = 64 * 1024;  ///< reassembled; beyond → 1009
  std::size_t max_queue_bytes = 1024 * 1024;  ///< not yet written; beyond → slow_consumer
  std::chrono::seconds max_queue_age{10};     ///< oldest unwritten byte; beyond → slow_consumer
  SlowConsumer slow_consumer = SlowConsumer::disconnect;
  std::chrono::milliseconds idle_timeout{std::chrono::seconds{60}};  ///< 0: none; → 4408
  std::chrono::milliseconds ping_interval{0};                        ///< 0: none
};

/// A subprotocol that may be selected (RFC 6455 section 1.9).
struct Subprotocol {
  std::string name;
  Encoding encoding = Encoding::plain;
  MessageHandler* handler = nullptr;  ///< null: the route's
};

/// One path and what serves it. The pointers outlive the server.
struct Route {
  std::string path;
  MessageHandler* handler = nullptr;
  std::vector<HandshakeInterceptor*> interceptors = {};  ///< in order
  /// "https://example.org", "https://example.org:8443", "https://*.example.org" or "*".
  /// Empty: the request's own host, localhost and 127.0.0.1.
  std::vector<std::string> allowed_origins = {};
  std::vector<Subprotocol> subprotocols = {};
  Encoding encoding = Encoding::plain;  ///< without a subprotocol; sse: a GET without upgrade
  SessionLimits limits = {};
};

/// The routes of a server, by exact path.
///
/// Thread: set-up only; a server copies it, for each of its threads.
class WSKIT_API HandlerRegistry {
 public:
  /// An event stream is never idle and gets a comment every 20 seconds, whatever the route's limits
  /// say. Throws Error if the path does not start with '/' or is taken, the handler is missing or
  /// an origin is malformed.
  void add(Route route);

  /// Takes over the origins and limits that `other` has for the same paths. True if any limits are
  /// others now.
  bool take_settings(const HandlerRegistry& other);

  /// Null if no route has that path.
  const Route* find(std::string_view path) const;

  const std::vector<Route>& routes() const { return routes_; }

 private:
  std::vector<Route> routes_;
};

}  // namespace wskit
