#pragma once

#include <memory>
#include <string>

#include <wskit/handler_registry.h>

#include "core/http_upgrade.h"
#include "lws/connection.h"

namespace wskit {

class Worker;

/// A served connection up to the answer to its opening handshake: reads the request, asks the
/// route's interceptors, and either hands the connection over to a session or answers with an
/// HTTP error, completely, before it closes.
///
/// Thread: its worker's.
class HandshakeExchange final : public ConnectionUser {
 public:
  HandshakeExchange(Worker& worker, Connection& connection, std::string remote_address);
  ~HandshakeExchange() override;

  void on_bytes(std::span<char> bytes) override;
  void on_flushed() override;
  void on_turn_end() override {}
  void on_deadline() override;
  void on_stop(const CloseStatus&) override { connection_.end(); }
  void on_gone() override;

 private:
  enum class State : std::uint8_t { reading, deciding, answered, discarding, handed_over };

  /// Outlives the exchange in the hands of interceptors; `exchange` is null once it is gone.
  struct Pending;

  void parse();
  void route();
  void ask_interceptors();
  void take_verdict(HandshakeVerdict verdict);
  void decide();
  bool is_event_stream() const { return route_->encoding == Encoding::sse; }
  std::string select_subprotocol() const;
  Encoding encoding_of(const std::string& subprotocol) const;
  void upgrade(std::string subprotocol);
  void refuse(HttpAnswer answer);
  void conclude(const std::string& result);
  void begin_discarding();

  Worker& worker_;
  Connection& connection_;
  std::string remote_address_;
  std::string buffer_;
  std::string key_;
  RequestHead head_;
  const Route* route_ = nullptr;
  std::size_t asked_count_ = 0;  ///< interceptors whose before_handshake() ran
  HandshakeVerdict verdict_;     ///< of all so far
  std::shared_ptr<Pending> pending_;
  State state_ = State::reading;
};

}  // namespace wskit
