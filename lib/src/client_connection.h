#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <wskit/client.h>

#include "client_settings_impl.h"
#include "core/client_upgrade.h"
#include "core/compression.h"
#include "core/frame.h"
#include "core/frame_scanner.h"
#include "core/message_assembler.h"
#include "net/stream.h"

namespace wskit {

/// Where one attempt leads. The URL is needed by the constructor only.
struct ClientTarget {
  const ClientUrl& url;
  bool is_first_server = true;  ///< that of the settings; false: a redirect leads to another one
  Loop::Clock::time_point deadline = {};  ///< of the upgrade
  ClientTrace* trace = nullptr;           ///< may be null
};

/// Told what comes of a ClientConnection: either on_failed(), or on_open() and later on_ended().
/// The connection must not be destroyed inside these calls.
class ClientConnectionEvents {
 public:
  virtual ~ClientConnectionEvents() = default;
  virtual void on_open(const HandshakeResponse& response) = 0;

  /// `is_final`: the server broke the protocol, and would again.
  virtual void on_ended(const CloseStatus& status, bool is_final) = 0;
  virtual void on_failed(const ConnectError& error) = 0;
};

/// One attempt to connect and, if it succeeds, one WebSocket connection.
///
/// Tells the handler itself what comes over the connection, and that there is one; how it begins
/// and ends is for the events.
///
/// Thread: its loop's.
/// Ownership: everything it is given outlives it.
class ClientConnection final : private FrameEvents, private StreamEvents {
 public:
  ClientConnection(Loop& loop, const ClientSettings::Impl& settings, const ClientTarget& target,
                   ClientHandler& handler, ClientConnectionEvents& events);

  void start();
  bool is_open() const { return state_ == State::open; }

  /// Whether on_open() has been called and on_ended() is still to come.
  bool is_established() const { return state_ == State::open || state_ == State::closing; }

  SendResult send(const MessageView& message);
  std::size_t queued_bytes() const { return stream_.queued_bytes(); }
  std::size_t unfinished_bytes() const { return assembler_.unfinished_bytes(); }
  void ping();

  void send_raw(std::string_view bytes);
  void shut_down();
  void read(bool is_reading);
  void answer_pings(bool is_answering) { answers_pings_ = is_answering; }

  /// While open: the closing handshake, then on_ended().
  void close(const CloseStatus& status);

  /// The end, without any further call.
  void drop();

 private:
  enum class State : std::uint8_t { connecting, open, closing, ended };

  struct TracedFrames {
    FrameScanner received;
    FrameScanner sent;
  };

  bool wants_steps() const override { return trace_ != nullptr; }
  void on_step(ConnectStep step, const std::string& detail) override;
  void on_connected() override;
  void on_data(std::span<char> bytes) override;
  void on_drain() override;
  void on_closed(const StreamError& error) override;
  void on_message(const MessageView& message) override;
  void on_compressed_message(const MessageView& message) override;
  void on_ping(std::string_view payload) override;
  void on_pong(std::string_view payload) override;
  void on_peer_close(const CloseStatus& status) override;
  void on_violation(const CloseStatus& status) override;
  bool wants_more() const override { return is_established(); }
  std::size_t max_message_bytes() const override { return options_.max_message_bytes; }

  void on_handshake_bytes(std::string_view bytes);
  void begin_messages();
  void give_up_waiting();
  void start_deadline(std::chrono::milliseconds time, Loop::Task task);
  void expect_pong();
  void send_heartbeat();
  void stop_timers();
  void begin_closing(const CloseStatus& status);
  void begin_compression(const CompressionParameters& parameters);
  bool send_frame(FrameOpcode opcode, std::string_view payload, bool is_compressed = false);
  void trace_frames(bool is_outgoing, std::string_view bytes);
  void fail(const ConnectError& error);
  void end(const CloseStatus& status);

  // First what each message looks at: of many connections it is in few lines of the cache.
  ClientHandler& handler_;
  const ClientOptions& options_;
  std::unique_ptr<TracedFrames> traced_;    ///< null: nobody wants to see frames
  std::unique_ptr<Compressor> compressor_;  ///< null: nothing is compressed
  bool is_violated_ = false;
  State state_ = State::connecting;
  bool answers_pings_ = true;
  bool is_reading_ = true;
  bool is_shut_down_ = false;  ///< our direction
  bool is_refused_ = false;    ///< the body is still coming
  std::optional<Timer> pong_deadline_;
  std::optional<Timer> answer_deadline_;  ///< of a heartbeat
  MessageAssembler assembler_;
  ClientTrace* trace_;  ///< may be null
  Stream stream_;
  Loop& loop_;
  ClientConnectionEvents& events_;
  std::unique_ptr<ClientUpgrade> upgrade_;      ///< null once it is open
  std::unique_ptr<Decompressor> decompressor_;  ///< null: nothing comes compressed
  Loop::Clock::time_point connect_deadline_;
  std::optional<Timer> deadline_;  ///< of the handshake, later of the closing handshake
  std::optional<Timer> ping_timer_;
  std::optional<Timer> heartbeat_timer_;
  std::vector<std::uint64_t> pings_ns_;    ///< when those were sent that have no Pong yet
  std::optional<CloseStatus> end_status_;  ///< known before the connection itself ends
};

}  // namespace wskit
