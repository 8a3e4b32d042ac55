#pragma once

#include <cstdint>
#include <string_view>

#include <wskit/close_status.h>
#include <wskit/export.h>
#include <wskit/handshake.h>
#include <wskit/message.h>

namespace wskit {

class SessionRegistry;

/// Names a session for as long as the process runs; never reused.
enum class SessionId : std::uint64_t {};

enum class [[nodiscard]] SendResult{
    queued,     ///< will be written
    congested,  ///< will be written, but wait for on_drain() before sending more
    refused,    ///< will not be written: over its queue limit, or the session is closing
};

/// One open WebSocket connection, seen by a handler from on_open() to on_close().
///
/// Thread: its loop's thread only. Elsewhere, keep the SessionId and post().
class WSKIT_API Session {
 public:
  virtual ~Session() = default;
  virtual SessionId id() const = 0;

  /// Empty if no interceptor bound one.
  virtual std::string_view user() const = 0;

  /// What the interceptors bound; empty if there is no such attribute.
  virtual std::string_view attribute(std::string_view name) const = 0;

  /// The selected subprotocol, or empty.
  virtual std::string_view subprotocol() const = 0;

  /// Never blocks and never closes the session before it returns; a queue over its limit ends
  /// the session soon after (1008).
  virtual SendResult send(const Message& message) = 0;

  /// The same for bytes that are sent to this session alone.
  virtual SendResult send(MessageView message) = 0;

  /// Starts the closing handshake (RFC 6455 section 7.1.2); on_close() follows. A second call
  /// does nothing.
  virtual void close(CloseStatus status) = 0;

  /// All sessions of this loop, this one included.
  virtual SessionRegistry& registry() = 0;
};

}  // namespace wskit
