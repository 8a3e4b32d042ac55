#pragma once

#include <sys/socket.h>

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <wskit/client_options.h>
#include <wskit/client_trace.h>
#include <wskit/loop.h>

#include "core/proxy_handshake.h"
#include "net/resolver.h"
#include "net/tls.h"

namespace wskit {

/// Where a Stream leads.
struct StreamTarget {
  std::string host = {};  ///< a name or an address, without brackets
  std::string port = {};
  std::string unix_path = {};               ///< unless empty, dialled instead of host and port
  const TlsClientContext* tls = nullptr;    ///< null: no TLS; else outlives the stream
  std::string tls_name = {};                ///< expected in the certificate; `host` if empty
  std::vector<std::string> addresses = {};  ///< of the host, if they need not be looked up
  IpVersion ip_version = IpVersion::any;
  std::string interface = {};                   ///< where to send from: its name, or its address
  const ProxyUrl* proxy = nullptr;              ///< null: none; else outlives the stream
  const TlsClientContext* proxy_tls = nullptr;  ///< for a proxy that is spoken to by TLS
};

enum class StreamFailure {
  proxy_not_resolved,
  proxy_refused,
  name_not_resolved,
  not_connected,  ///< refused, unreachable
  tls_failed,     ///< also after on_connected(): a server of TLS 1.3 rejects our certificate late
  certificate_rejected,
  lost,   ///< after on_connected(): reset, broken
  ended,  ///< after on_connected(): the peer said that no more follows
};

struct StreamError {
  StreamFailure failure = StreamFailure::lost;
  std::string message;                         ///< one sentence without a full stop
  std::vector<std::string> certificates = {};  ///< shown by a peer whose TLS failed
};

/// Told what happens to a Stream. Each call may close or destroy the stream.
class StreamEvents {
 public:
  virtual ~StreamEvents() = default;

  /// Whether on_step() is wanted: to describe certificates costs time.
  virtual bool wants_steps() const { return false; }

  /// Part of connecting is done. Must not touch the stream.
  virtual void on_step(ConnectStep, const std::string& /*detail*/) {}
  virtual void on_connected() = 0;

  /// `bytes` may be changed, and are valid until the call returns.
  virtual void on_data(std::span<char> bytes) = 0;

  /// The kernel has taken everything, after a write() that it could not take at once.
  virtual void on_drain() {}

  /// The end, once, in a turn after the call that caused it. Never after close().
  virtual void on_closed(const StreamError& error) = 0;
};

/// A dialled byte stream: TCP or a unix socket, through a proxy or not, with or without TLS.
///
/// Thread: its loop's.
/// Ownership: loop and events outlive it.
class Stream {
 public:
  Stream(Loop& loop, std::shared_ptr<const StreamTarget> target, StreamEvents& events);
  Stream(Loop& loop, StreamTarget target, StreamEvents& events);
  ~Stream();  ///< as close()
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  /// Begins to connect, once: to each of the host's addresses until one answers. There is no
  /// time limit but the system's.
  void connect();

  /// Writes at once what the kernel takes, and queues the rest without limit. Ignored unless
  /// connected. False if anything is queued: on_drain() follows.
  bool write(std::string_view bytes);

  /// What write() has queued; for TLS, in encrypted bytes.
  std::size_t queued_bytes() const;

  /// Ends our direction once everything queued is sent; reading goes on.
  void shut_down();

  /// Stops reading, or goes on.
  void read(bool is_reading);

  /// Drops the connection and what is queued. No calls follow.
  void close();
  bool is_connected() const { return is_connected_; }

 private:
  struct Socket;
  void connect_through_proxy();
  void look_up_and_dial(const std::string& host, const std::string& port);
  void dial(std::vector<sockaddr_storage> addresses);
  void try_next_address();
  int open_socket(const sockaddr_storage& address);
  void connect_unix();
  void on_socket_connected(int status);
  void begin_tunnel();
  void on_tunnel_bytes(std::string_view bytes);
  void after_tunnel();
  void begin_tls();
  void receive();
  void on_bytes(std::span<char> bytes);
  void on_proxy_ciphertext(std::string_view bytes);
  void on_transport_bytes(std::span<char> bytes);
  void on_ciphertext(std::string_view bytes);
  void deliver_plaintext(Socket& socket);
  void report_connected();
  void flush_tls();
  void flush_proxy_tls();
  bool write_transport(std::string_view bytes);
  bool write_raw(std::string_view bytes);
  void write_queue();
  void on_written(int status);
  void fail(StreamFailure failure, std::string reason, std::vector<std::string> certificates = {});
  void fail_tls(const TlsClientSession& tls);
  std::string describe(StreamFailure failure, const std::string& reason) const;
  std::string name() const;
  std::string tls_name() const;      ///< whose TLS has got so far
  std::string dialled_name() const;  ///< what the socket leads to: it may be the proxy

  // First what each read and write looks at: of many streams it is in few lines of the cache.
  StreamEvents& events_;
  std::unique_ptr<TlsClientSession> proxy_tls_;  ///< below everything else
  std::unique_ptr<ProxyHandshake> tunnel_;       ///< until the proxy has connected us
  std::unique_ptr<TlsClientSession> tls_;
  Socket* socket_ = nullptr;  ///< freed by libuv's close callback
  bool is_connected_ = false;
  bool is_shutting_down_ = false;
  std::string queue_;  ///< not yet given to libuv
  Loop& loop_;
  std::shared_ptr<const StreamTarget> target_;  ///< that many streams may share
  Resolver resolver_;
  std::vector<sockaddr_storage> addresses_;
  std::size_t next_address_ = 0;
  std::string tunnel_host_;  ///< what the proxy is asked for
  std::optional<Timer> deferred_;
};

}  // namespace wskit
