#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "wire.h"

namespace bench {

/// A WebSocket server without features: what one thread of this kernel allows.
///
/// `/sub` is a subscriber, a message on `/pub` goes to every subscriber, anything else is an echo.
/// It checks neither masks nor UTF-8 and limits neither time nor memory: a yardstick, not a server.
class BareServer {
 public:
  enum class Delivery {
    send,     ///< one send() for each message and connection
    coalesce  ///< one send() for each loop turn and connection
  };

  /// Listens on 127.0.0.1; port 0 takes a free one. Throws std::system_error.
  BareServer(Delivery delivery, std::uint16_t port);
  ~BareServer();
  BareServer(const BareServer&) = delete;
  BareServer& operator=(const BareServer&) = delete;

  [[nodiscard]] std::uint16_t port() const;

  /// Serves until the process is killed.
  [[noreturn]] void run();

 private:
  enum class Role : std::uint8_t { handshaking, echo, subscriber, publisher };
  struct Connection {
    int socket = -1;
    Role role = Role::handshaking;
    bool waits_for_room = false;
    std::size_t subscriber_index = 0;
    std::string input;
    std::string output;
  };

  void accept_some();
  void receive(Connection& connection);
  std::size_t consume(Connection& connection, char* data, std::size_t size);
  std::size_t shake_hands(Connection& connection, std::string_view data);
  std::size_t consume_frames(Connection& connection, char* data, std::size_t size);
  void handle_frame(Connection& connection, const FrameHeader& header, char* payload);
  void relay(Connection& connection, std::string_view frame);
  void deliver(std::string_view frames);
  void send(Connection& connection, std::string_view bytes);
  void send_rest(Connection& connection);
  void watch(Connection& connection, bool for_room);
  void drop(Connection& connection);

  const Delivery delivery_;
  int listener_ = -1;
  int epoll_ = -1;
  std::vector<char> buffer_;
  std::vector<Connection*> subscribers_;
  std::vector<std::unique_ptr<Connection>> dropped_;  // still named by events of this loop turn
  std::string for_subscribers_;                       // coalesce: frames of this loop turn
  std::string for_sender_;                            // coalesce: echoes of this recv()
};

}  // namespace bench
