#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include <wskit/client.h>

#include "clock.h"

class LoadClient;

/// Told what happens to the connections of a thread.
class LoadClientEvents {
 public:
  virtual ~LoadClientEvents() = default;

  /// `connect_time` and `handshake_time` are both part of opening it.
  virtual void on_open(LoadClient& client, Clock::duration connect_time,
                       Clock::duration handshake_time) = 0;
  virtual void on_read() = 0;  ///< of whatever connection: what on_message() brings next came now
  virtual void on_message(LoadClient& client, const wskit::MessageView& message) = 0;
  virtual void on_pong(LoadClient& client, std::chrono::microseconds round_trip) = 0;
  virtual void on_drain(LoadClient& client) = 0;
  virtual void on_failed(LoadClient& client, const wskit::ConnectError& error) = 0;

  /// After on_open(), unless drop() ended it.
  virtual void on_ended(LoadClient& client, const wskit::CloseStatus& status) = 0;
};

/// One connection of a run, which may be dialled again and again. Thread: its loop's.
class LoadClient final : private wskit::ClientHandler {
 public:
  /// `index` counts the connections of its thread, `number` those of all threads.
  LoadClient(std::size_t index, std::size_t number, LoadClientEvents& events)
      : events_{events}, index_{index}, number_{number} {}

  /// Not inside a call of its own, and not while it is open. A `url` differs from that of the
  /// settings in path and query; empty: is that.
  void dial(wskit::Loop& loop, const std::shared_ptr<const wskit::ClientSettings>& settings,
            const std::string& url);

  /// Ends it at once. Not inside a call of its own.
  void drop();

  /// The closing handshake; on_ended() follows.
  void close();

  bool is_idle() const { return !client_ || is_over_; }
  bool is_dialling() const { return !is_idle() && !is_open_; }
  bool is_open() const { return is_open_; }
  bool can_send() const { return is_open_ && !is_closing_; }
  bool was_open() const { return was_open_; }
  bool is_closing() const { return is_closing_; }
  std::size_t index() const { return index_; }
  std::size_t number() const { return number_; }

  /// How often it has been dialled.
  std::uint32_t dial_count() const { return dial_count_; }
  wskit::SendResult send(const wskit::MessageView& message) { return client_->send(message); }
  std::size_t queued_bytes() const { return client_->queued_bytes(); }
  void ping() { client_->ping(); }

 private:
  void on_connected() override;
  void on_open(const wskit::HandshakeResponse& response) override;
  void on_read() override { events_.on_read(); }
  void on_message(const wskit::MessageView& message) override {
    events_.on_message(*this, message);
  }
  void on_pong(std::chrono::microseconds time) override { events_.on_pong(*this, time); }
  void on_drain() override { events_.on_drain(*this); }
  void on_close(const wskit::CloseStatus& status) override;
  void on_connect_error(const wskit::ConnectError& error) override;

  LoadClientEvents& events_;
  std::optional<wskit::Client> client_;
  const std::size_t index_;
  const std::size_t number_;
  TimePoint dialled_at_;
  TimePoint connected_at_;
  std::uint32_t dial_count_ = 0;
  bool is_open_ = false;
  bool was_open_ = false;
  bool is_closing_ = false;
  bool is_over_ = false;
};
