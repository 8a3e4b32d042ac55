#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <wskit/client_options.h>
#include <wskit/client_settings.h>
#include <wskit/client_trace.h>
#include <wskit/close_status.h>
#include <wskit/export.h>
#include <wskit/handshake.h>
#include <wskit/loop.h>
#include <wskit/message.h>
#include <wskit/session.h>

namespace wskit {

/// The answer to an upgrade request.
struct HandshakeResponse {
  int status = 0;
  std::string reason;
  std::vector<Header> headers;  ///< names in lower case
  std::string body;             ///< of a refusal, at most 64 KiB
  std::string subprotocol;      ///< selected, or empty
};

enum class ConnectFailure {
  bad_url,
  own_certificate,  ///< the client's certificate or key cannot be used
  proxy_not_resolved,
  proxy_refused,
  name_not_resolved,
  not_connected,  ///< refused, unreachable
  timed_out,
  tls_failed,
  certificate_rejected,
  upgrade_refused,  ///< an HTTP answer other than 101
  bad_upgrade,      ///< 101, but not as RFC 6455 section 4.2.2 says, or no HTTP at all
  lost,             ///< the connection ended before the answer
};

struct WSKIT_API ConnectError {
  ConnectFailure failure = ConnectFailure::not_connected;
  std::string message;                         ///< one sentence, without secrets
  HandshakeResponse response = {};             ///< when an answer came
  std::vector<std::string> certificates = {};  ///< shown by the server, its own first; a line each

  /// Whether trying again could not help: 400, 401, 403, 404, 410, a bad URL, certificates.
  bool is_final() const;
};

/// Told what happens to a Client. Calls come on the client's loop and may call the client, but
/// not destroy it.
class WSKIT_API ClientHandler {
 public:
  virtual ~ClientHandler() = default;

  /// There is a byte stream to the server, encrypted if it has to be; the handshake begins.
  virtual void on_connected();
  virtual void on_open(const HandshakeResponse& response);

  /// Bytes have come, all in one read; what they complete follows.
  virtual void on_read();
  virtual void on_message(const MessageView& message) = 0;
  virtual void on_pong(std::chrono::microseconds round_trip);
  virtual void on_drain();  ///< the kernel has taken everything, after `congested`

  /// After on_open(), once. The status is what the server's Close frame said, or 1006 with a
  /// reason of our own: lost, dead, or the server broke the protocol.
  virtual void on_close(const CloseStatus& status);
  virtual void on_connect_error(const ConnectError& error);  ///< instead of on_open()
  virtual void on_retry(std::chrono::milliseconds delay);    ///< the next attempt begins after it

  /// No attempt follows: closed, or what happened is final, or reconnecting is off. Once.
  virtual void on_stopped();
};

/// A WebSocket client that keeps its connection: pings, detects a dead peer, reconnects.
///
/// Thread: its loop's.
/// Ownership: loop and handler outlive it.
class WSKIT_API Client {
 public:
  /// `trace` may be null.
  Client(Loop& loop, std::shared_ptr<const ClientSettings> settings, ClientHandler& handler,
         ClientTrace* trace = nullptr);

  /// With settings of its own: throws Error if an option is malformed.
  Client(Loop& loop, ClientOptions options, ClientHandler& handler, ClientTrace* trace = nullptr);
  ~Client();  ///< drops the connection without further calls
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  /// Begins to connect, once.
  void start();

  bool is_open() const;

  /// Refused unless open, and after shut_down(). Never blocks; what the peer does not take yet is
  /// queued without limit, and `congested` says so.
  SendResult send(const MessageView& message);

  /// The queued bytes that the kernel has not taken yet.
  std::size_t queued_bytes() const;

  /// What has come of a message that is not complete yet.
  std::size_t unfinished_bytes() const;

  /// Sends a Ping (RFC 6455 section 5.5.2); on_pong() follows, unless the server answers a later
  /// one only (section 5.5.3).
  void ping();

  /// For those who test servers. While open: writes these bytes as they are, whatever the protocol
  /// says; ends our direction without a Close frame; stops reading, which misses no Pongs then, or
  /// goes on; answers Pings, or does not. A new connection is as usual again.
  void send_raw(std::string_view bytes);
  void shut_down();
  void read(bool is_reading);
  void answer_pings(bool is_answering);

  /// While waiting for the next attempt: begins it now.
  void connect_now();

  /// The server has asked for it: the attempt that follows this connection begins so long after
  /// its end.
  void reconnect_after(std::chrono::milliseconds delay);

  /// Closes the connection, if there is one, and begins the next attempt, whatever
  /// ReconnectOptions say. Ignored after close().
  void reconnect();

  /// Goes to this URL from the next attempt on. Returns false, and changes nothing, if it is
  /// malformed or differs in more than path and query.
  bool use_url(const std::string& url);

  /// Closing handshake, then on_close() and on_stopped(); no reconnecting after that. While no
  /// connection is open, on_stopped() only.
  void close(CloseStatus status = {close_code::normal, {}});

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace wskit
