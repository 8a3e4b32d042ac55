#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include <wskit/export.h>

namespace wskit {

/// The two data opcodes of RFC 6455 section 5.6.
enum class Opcode : std::uint8_t { text = 1, binary = 2 };

/// A message whose bytes belong to somebody else.
///
/// As an argument of a callback it is valid until that callback returns.
struct MessageView {
  Opcode opcode = Opcode::text;
  std::string_view payload;
};

/// One complete message. Copies share its immutable bytes, so fanning out to many sessions costs
/// one allocation.
///
/// Thread: any; a Message never changes.
class WSKIT_API Message {
 public:
  /// `utf8` must be valid UTF-8: a peer fails the connection otherwise (RFC 6455 section 8.1).
  static Message text(std::string_view utf8) { return Message{{Opcode::text, utf8}}; }
  static Message binary(std::string_view bytes) { return Message{{Opcode::binary, bytes}}; }
  /// Text that is known to be one JSON value (RFC 8259).
  static Message json(std::string_view json) {
    Message message{{Opcode::text, json}};
    message.is_json_ = true;
    return message;
  }
  explicit Message(const MessageView& view);

  Opcode opcode() const { return opcode_; }
  std::string_view payload() const { return std::string_view{*frame_}.substr(header_bytes_); }
  bool is_json() const { return is_json_; }
  MessageView view() const { return {opcode_, payload()}; }

  /// The message as the one unmasked frame that a server sends (RFC 6455 section 5.2).
  const std::shared_ptr<const std::string>& frame() const { return frame_; }

 private:
  std::shared_ptr<const std::string> frame_;
  std::size_t header_bytes_;
  Opcode opcode_;
  bool is_json_ = false;
};

}  // namespace wskit
