#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <wskit/close_status.h>
#include <wskit/loop.h>

#include "core/timer_wheel.h"
#include "crypto/certificate.h"
#include "lws/context.h"

struct lws;
struct lws_protocols;

namespace wskit {

class Connection;

/// What a connection carries: first a handshake, then a session. Calls come on the loop.
class ConnectionUser {
 public:
  virtual ~ConnectionUser() = default;

  /// Bytes came; they may be changed.
  virtual void on_bytes(std::span<char> bytes) = 0;

  /// All that was written has gone to the kernel, after write() left some.
  virtual void on_flushed() = 0;

  /// The end of a turn in which Connection::flush_at_turn_end() was called.
  virtual void on_turn_end() = 0;

  /// The deadline set last has come.
  virtual void on_deadline() = 0;

  /// The server stops: end, politely.
  virtual void on_stop(const CloseStatus& status) = 0;

  /// The connection has ended: the last call.
  virtual void on_gone() = 0;
};

/// The served connections of one loop: sockets adopted by libwebsockets in its raw role.
///
/// Thread: its loop's.
class ConnectionSet {
 public:
  /// `certificate`: null for plain connections.
  ConnectionSet(Loop& loop, Log& log, std::shared_ptr<const Certificate> certificate);
  ~ConnectionSet();  ///< when the loop has ended, as ~Context(): drops every connection
  ConnectionSet(const ConnectionSet&) = delete;
  ConnectionSet& operator=(const ConnectionSet&) = delete;

  /// Takes over the descriptor. Null, and the descriptor closed, if lws refuses it; otherwise
  /// give the connection its user before the turn ends.
  Connection* adopt(int descriptor);

  std::size_t size() const { return all_.size(); }

  /// Presents another certificate from now on; only if there was one. Open connections stay.
  void replace_certificate(std::shared_ptr<const Certificate> certificate);

  /// Tells every user to end.
  void stop(const CloseStatus& status);

  /// Resets every connection.
  void reset_all();

 private:
  friend class Connection;
  friend struct RawProtocol;

  void end_turn();

  Loop& loop_;
  std::shared_ptr<const Certificate> certificate_;  ///< null: plain
  TimerWheel wheel_;
  Timer wheel_timer_;
  std::vector<Connection*> all_;
  std::vector<Connection*> touched_;                      ///< to be flushed at the end of this turn
  std::vector<Connection*> doomed_;                       ///< to be ended at the end of this turn
  std::vector<Connection*> gone_;                         ///< to be freed at the end of this turn
  std::vector<std::unique_ptr<ConnectionUser>> retired_;  ///< to be freed at the end of this turn
  std::shared_ptr<void> turn_end_;
  std::unique_ptr<Context> context_;
};

/// One served connection. It frees itself, and its user, in the turn after it ended.
class Connection : private TimerWheel::Entry {
 public:
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  /// Replaces whoever uses the connection; the old user is freed at the end of this turn.
  void hand_over(std::unique_ptr<ConnectionUser> user);

  /// Writes at once what the kernel takes; lws keeps the rest. Nothing may be written until
  /// is_flushed() again. Ignored once ended.
  void write(std::string_view bytes);

  /// Whether the last write() has gone to the kernel whole.
  bool is_flushed() const;

  /// Has on_turn_end() called.
  void flush_at_turn_end();

  /// Has on_deadline() called then or a little later; replaces the earlier deadline.
  void set_deadline(Loop::Clock::time_point deadline);

  /// Says that nothing more will be written (TLS close_notify, then FIN); the peer may go on.
  void shut_down_writing();

  /// Ends the connection at the end of this turn; what lws still keeps is dropped.
  void end();

  /// The same with a reset, for a peer that does not read.
  void reset();

  /// "192.0.2.1:4711" or "unix"; empty once the peer is gone.
  std::string remote_address() const;

  bool is_ended() const { return wsi_ == nullptr || is_doomed_; }

 private:
  friend class ConnectionSet;
  friend struct RawProtocol;

  explicit Connection(ConnectionSet& set) : set_{set} {}
  void become_gone();

  ConnectionSet& set_;
  lws* wsi_ = nullptr;
  int descriptor_ = -1;  ///< lws's, kept here: each delivery would fetch it from cold memory
  std::unique_ptr<ConnectionUser> user_;
  std::uint32_t position_ = 0;  ///< in ConnectionSet::all_
  bool is_touched_ = false;
  bool is_doomed_ = false;
  bool has_received_ = false;
  bool waits_for_flush_ = false;
};

}  // namespace wskit
