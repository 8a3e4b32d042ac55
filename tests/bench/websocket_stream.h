#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "stream.h"
#include "wire.h"

namespace bench {

/// Any key will do for a measurement; it is the same in all frames, so that they can be prepared.
inline constexpr MaskKey kMaskKey = {'\x5b', '\x17', '\xc4', '\x2e'};

/// What all upgrade requests of a run have in common. The key is the same in all of them.
class Handshake {
 public:
  Handshake(const std::string& host, int port, const std::string& subprotocol,
            const std::vector<std::string>& headers);

  [[nodiscard]] std::string request_for(std::string_view path) const;

  enum class Outcome { incomplete, accepted, bad_status, bad_accept };
  /// Judges the answer at the start of `data`; `head_bytes` is set once it is complete.
  [[nodiscard]] Outcome judge(std::string_view data, std::size_t& head_bytes) const;

 private:
  std::string rest_of_request_;
  std::string expected_accept_;
};

/// A WebSocket client connection: handshake, frames, pings answered, closing handshake answered.
/// Offers no extension. UTF-8 is not checked.
class WebSocketStream : public Stream {
 public:
  WebSocketStream(Poller& poller, const Handshake& handshake)
      : Stream(poller), handshake_(handshake) {}

  /// Dials and asks for the upgrade; false as from dial().
  [[nodiscard]] bool open(const sockaddr_in& address, std::string_view path, int source = -1);

  [[nodiscard]] bool is_upgraded() const { return is_upgraded_; }

 protected:
  enum class Failure { connection, status, accept, protocol };

  virtual void on_open(Clock::time_point now) = 0;
  virtual void on_message(std::string_view message, Clock::time_point now) = 0;
  /// The stream is closed: before the upgrade, or after it by an error or the peer's close.
  virtual void on_closed(Failure failure, int error) = 0;

 private:
  std::size_t consume(char* data, std::size_t size, Clock::time_point now) final;
  void on_lost(int error) final { on_closed(Failure::connection, error); }
  std::size_t finish_handshake(std::string_view data, Clock::time_point now);
  void handle_frame(const FrameHeader& header, std::string_view payload, Clock::time_point now);
  void handle_control(Opcode opcode, std::string_view payload);
  void give_up(Failure failure);

  const Handshake& handshake_;
  bool is_upgraded_ = false;
  std::string fragments_;
};

}  // namespace bench
