#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <wskit/directory.h>
#include <wskit/handler_registry.h>
#include <wskit/session.h>

#include "core/delivery.h"
#include "core/message_assembler.h"
#include "core/send_queue.h"
#include "lws/connection.h"
#include "session_extras.h"

namespace wskit {

class Worker;

/// A session on a served connection, from the 101 answer to the end of the TCP connection.
///
/// Thread: its worker's.
class ServedSession final : public Session, public ConnectionUser, private FrameEvents {
 public:
  ServedSession(Worker& worker, Connection& connection, const Route& route, SessionId id,
                Encoding encoding, std::string user, std::string subprotocol,
                Attributes attributes);
  ~ServedSession() override;

  /// Queues the 101 answer, enters the registry, tells the handler, and takes what followed the
  /// handshake.
  void open(std::string response, std::span<char> early_bytes);

  SessionId id() const override { return id_; }
  std::string name() const override;
  std::string_view user() const override { return user_; }
  std::string_view attribute(std::string_view name) const override;
  const SessionLimits& limits() const override { return route_.limits; }
  std::string_view subprotocol() const override;
  SendResult send(const Message& message) override;
  SendResult send(const MessageView& message) override;
  bool subscribe(std::string_view channel, std::optional<MessageId> since) override;
  bool unsubscribe(std::string_view channel) override;
  void resume(MessageId since) override;
  std::optional<MessageId> cursor() const override;
  void close(CloseStatus status) override;
  std::any& state() override { return extras().state; }
  Loop& loop() override;
  SessionRegistry& registry() override;

  /// What the cluster is told of it.
  SessionRecord record() const;
  /// Queues messages of a channel, unless they will come by the replay.
  void deliver(EncodedDelivery& delivery);

  /// Sends more of what the session missed, if there is room for it, and gives the bytes queued.
  std::size_t go_on_replaying();
  void take_log_answer(std::uint32_t part, LogAnswer answer);

  /// Tells that after `since` messages of these channels may be missing.
  void tell_gap(const std::vector<std::string>& channels, MessageId since);

  /// The same where messages have no ids: a plain session, which could not resume, is told nothing.
  void tell_missed(const std::vector<std::string>& channels);

  /// The limits are others now: being idle begins anew.
  void on_limits_changed();

  /// Asks the client to connect again after that time, and closes with 1012.
  void close_for_restart(std::chrono::milliseconds after);

  void on_bytes(std::span<char> bytes) override;
  void on_flushed() override;
  void on_turn_end() override;
  void on_deadline() override;
  void on_stop(const CloseStatus& status) override { close(status); }
  void on_gone() override;

 private:
  enum class State : std::uint8_t {
    open,
    closing,     ///< our Close is queued, the peer's is awaited
    closed,      ///< both sent or the connection failed; what is queued goes out
    discarding,  ///< writing is shut down; what still comes is thrown away
  };
  struct Backlog {  ///< what lws keeps of the last write
    std::size_t bytes;
    Loop::Clock::time_point since;
  };

  void on_message(const MessageView& message) override;
  void on_ping(std::string_view payload) override;
  void on_pong(std::string_view payload) override;
  void on_peer_close(const CloseStatus& status) override;
  void on_violation(const CloseStatus& status) override;
  bool wants_more() const override { return state_ == State::open || state_ == State::closing; }
  std::size_t max_message_bytes() const override { return limits().max_message_bytes; }

  template <typename Call>
  void call_handler(Call&& call);
  SessionExtras& extras();
  SendResult enqueue(QueuedFrames frames, std::size_t message_count);
  MessageHandler& handler() const;
  const CloseStatus* sent_close() const;
  SendResult queue_state();
  std::size_t waiting_bytes() const;
  bool is_queue_full();
  bool drop_oldest(std::size_t limit);
  void push_control(FrameOpcode opcode, std::string_view payload);
  void append_own(std::string& out, const MessageView& message) const;
  void replay(std::vector<std::string> channels, MessageId since);
  void replay_soon();
  std::size_t push_replayed(const std::vector<SharedMessage>& messages);
  void feed(std::span<char> bytes);
  void flush();
  void write(std::string_view frames);
  void fail(const CloseStatus& status, std::string_view cause);
  void fail_slow_reader();
  void end_stream(const CloseStatus& status, std::string_view cause);
  void finish(const CloseStatus& status, std::string_view cause);
  void begin_discarding();
  void check_open_deadlines(Loop::Clock::time_point now);
  void set_next_deadline();
  void ping();
  std::chrono::seconds longest_backlog() const;
  bool drops_oldest() const { return limits().slow_consumer == SlowConsumer::drop_oldest; }
  bool is_plain() const;

  Worker& worker_;
  Connection& connection_;
  const Route& route_;
  SessionId id_;
  std::string user_;
  std::unique_ptr<SessionExtras> extras_;
  MessageAssembler assembler_;
  SendQueue queue_;
  const std::int64_t opened_ms_;      ///< Unix time
  std::unique_ptr<Backlog> backlog_;  ///< null: everything is written
  Loop::Clock::time_point last_received_;
  Loop::Clock::time_point last_ping_;
  Loop::Clock::time_point linger_until_ = {};  ///< closing and later: then the end
  State state_ = State::open;
  Encoding encoding_;
  bool is_registered_ = false;
  bool is_announced_ = false;  ///< the observers are told that it opened
  bool is_over_limit_ = false;
  bool is_congested_ = false;
  bool is_replaying_ = false;
  bool is_replay_due_ = false;  ///< the worker was asked to call go_on_replaying()
  bool is_corked_ = false;      ///< on_bytes() runs: own frames gather in the worker's scratch
};

}  // namespace wskit
