#pragma once

#include <any>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <wskit/close_status.h>
#include <wskit/export.h>
#include <wskit/handshake.h>
#include <wskit/message.h>
#include <wskit/message_id.h>

namespace wskit {

class Loop;
class SessionRegistry;
struct SessionLimits;

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

  /// Names it in the cluster: `<node>-<16 hex digits>`.
  virtual std::string name() const = 0;

  /// Empty if no interceptor bound one.
  virtual std::string_view user() const = 0;

  /// What the interceptors bound; empty if there is no such attribute.
  virtual std::string_view attribute(std::string_view name) const = 0;

  /// What it may use up now: Server::reload() may change that.
  virtual const SessionLimits& limits() const = 0;

  /// The selected subprotocol, or empty.
  virtual std::string_view subprotocol() const = 0;

  /// Never blocks and never closes the session before it returns; a queue over its limit ends
  /// the session soon after (1008).
  virtual SendResult send(const Message& message) = 0;

  /// The same for bytes that are sent to this session alone.
  virtual SendResult send(const MessageView& message) = 0;

  /// From now on the session gets the messages of `channel`; with `since`, first those after that
  /// message, in order. False if it is subscribed already, or the name is malformed.
  /// Where the log does not have them all the session is told so: by a gap object, or 4410.
  virtual bool subscribe(std::string_view channel, std::optional<MessageId> since = {}) = 0;

  /// False if the session was not subscribed.
  virtual bool unsubscribe(std::string_view channel) = 0;

  /// The same for all its channels, `*` and the user's included: call it in on_open(), after
  /// subscribing.
  virtual void resume(MessageId since) = 0;

  /// The newest message that the log has here: a place to resume from. Nothing where the broker
  /// has no log, or has not been reached yet.
  virtual std::optional<MessageId> cursor() const = 0;

  /// Starts the closing handshake (RFC 6455 section 7.1.2); on_close() follows. A second call
  /// does nothing.
  virtual void close(CloseStatus status) = 0;

  /// What the handler keeps with this session: its own, from on_open() to on_close().
  virtual std::any& state() = 0;

  /// Where it lives: post() to it from other threads, and find() the session by its id there.
  virtual Loop& loop() = 0;

  /// All sessions of this loop, this one included.
  virtual SessionRegistry& registry() = 0;
};

}  // namespace wskit
