#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include <wskit/close_status.h>
#include <wskit/message.h>

#include "core/frame.h"
#include "core/utf8.h"

namespace wskit {

/// Told what a peer's bytes say. Payloads are valid until the call returns.
class FrameEvents {
 public:
  virtual ~FrameEvents() = default;
  virtual void on_message(const MessageView& message) = 0;

  /// A message still as RFC 7692 has compressed it; text is not yet checked. Only after
  /// MessageAssembler::accept_compressed().
  virtual void on_compressed_message(const MessageView& /*message*/) {}
  virtual void on_ping(std::string_view payload) = 0;
  virtual void on_pong(std::string_view payload) = 0;
  virtual void on_peer_close(const CloseStatus& status) = 0;

  /// The peer broke the protocol: fail the connection with this status (RFC 6455 section 7.1.7).
  virtual void on_violation(const CloseStatus& status) = 0;

  /// False once nothing more shall be handled, though bytes are left.
  virtual bool wants_more() const = 0;

  /// Of a message, reassembled: beyond it is a violation (1009). Asked for each frame.
  virtual std::size_t max_message_bytes() const = 0;
};

/// Turns the bytes of one peer into messages and control frames (RFC 6455 section 5.4, 5.5).
///
/// A message that comes whole in one piece is unmasked in place and not copied.
/// After a Close frame or a violation it ignores everything.
class MessageAssembler {
 public:
  explicit MessageAssembler(Role sender) : sender_{sender} {}

  /// permessage-deflate was negotiated: RSV1 is no violation.
  void accept_compressed() { accepts_compressed_ = true; }

  /// Text need not be UTF-8.
  void accept_any_text() { checks_text_ = false; }

  /// Takes all of `bytes`, and changes them.
  void feed(std::span<char> bytes, FrameEvents& events);

  /// Of the message whose rest is still to come.
  std::size_t unfinished_bytes() const { return partial_ ? partial_->message.size() : 0; }

 private:
  static constexpr std::uint16_t kMaxEmptyFragments = 1024;

  /// Returns the bytes after those messages at the front that are there as a whole.
  std::span<char> take_whole_messages(std::span<char> bytes, FrameEvents& events);
  std::span<char> complete_header(std::span<char> bytes, FrameEvents& events);
  bool begin_frame(const FrameHeader& header, FrameEvents& events);
  std::span<char> take_payload(std::span<char> bytes, FrameEvents& events);
  void take_data(std::span<char> piece, FrameEvents& events);
  void end_message(const MessageView& message, FrameEvents& events);
  void take_control(std::span<char> piece, FrameEvents& events);
  void handle_control(std::string_view payload, FrameEvents& events);
  void fail(std::uint16_t code, std::string_view reason, FrameEvents& events);

  /// What is kept until its rest comes. Most peers' frames come whole: a session at rest has none.
  struct Partial {
    std::string message;  ///< fragments so far
    std::string control;  ///< of a control frame that came in pieces
    std::array<char, kMaxFrameHeaderBytes> header = {};
    std::uint8_t header_bytes = 0;
    std::uint16_t empty_fragments = 0;
  };

  Partial& partial();

  std::unique_ptr<Partial> partial_;
  FrameHeader frame_;
  std::uint64_t frame_offset_ = 0;  ///< payload bytes of frame_ already taken
  Utf8Validator utf8_;
  Opcode opcode_ = Opcode::text;
  Role sender_;
  bool is_in_frame_ = false;
  bool is_in_message_ = false;
  bool is_done_ = false;
  bool accepts_compressed_ = false;
  bool checks_text_ = true;
  bool is_compressed_ = false;  ///< the message
};

}  // namespace wskit
