#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <wskit/export.h>

namespace wskit {

/// The parts of connecting, in their order; some may be missing.
enum class ConnectStep : std::uint8_t {
  name_found,  ///< the address or addresses
  connected,   ///< to which address and port, or which unix socket
  proxied,     ///< the proxy has connected us
  encrypted,   ///< TLS version, cipher, and a line for each certificate
  redirected,  ///< where to; the steps begin again
};

/// One frame on the wire (RFC 6455 section 5.2).
struct FrameTrace {
  bool is_outgoing = false;
  bool is_final = true;
  bool is_masked = false;
  std::uint8_t reserved_bits = 0;  ///< RSV1 is 4, RSV2 2, RSV3 1
  std::uint8_t opcode = 0;
  std::uint32_t mask = 0;  ///< its bytes in network order
  std::uint64_t payload_bytes = 0;
};

/// Sees what a client does on the wire, for diagnosis. Everything else works the same with and
/// without.
///
/// Thread: the client's loop.
class WSKIT_API ClientTrace {
 public:
  virtual ~ClientTrace() = default;
  virtual void on_step(ConnectStep step, const std::string& detail);

  /// The handshake byte for byte, secrets included.
  virtual void on_request(std::string_view head);
  virtual void on_response(std::string_view head);

  /// Whether the two below are wanted on the connection that is being opened: they cost time.
  virtual bool wants_frames() const;

  virtual void on_frame(const FrameTrace& frame);

  /// After the handshake; what TLS encrypts, in plain text.
  virtual void on_bytes(bool is_outgoing, std::string_view bytes);
};

}  // namespace wskit
