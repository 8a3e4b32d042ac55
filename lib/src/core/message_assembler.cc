#include "core/message_assembler.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>
#include <utility>

namespace wskit {
namespace {

/// A message of one frame, up to 64 KiB, whose payload is there.
struct WholeFrame {
  std::size_t begin;  ///< of the payload
  std::size_t length;
  bool is_text;
  bool is_masked;
};

/// Most messages are such ones: what is true of them costs less to see than what might be of
/// others. Empty if the next one is none, or something is wrong with it.
std::optional<WholeFrame> whole_frame_at_front(std::span<const char> bytes) {
  constexpr std::uint8_t kFinal = 0x80;
  constexpr std::uint8_t kMasked = 0x80;
  constexpr std::size_t kLength16 = 126;
  if (bytes.size() < kMaxFrameHeaderBytes) return std::nullopt;
  const auto byte_at = [bytes](std::size_t i) { return static_cast<std::uint8_t>(bytes[i]); };
  const bool is_text = byte_at(0) == (kFinal | static_cast<std::uint8_t>(FrameOpcode::text));
  if (!is_text && byte_at(0) != (kFinal | static_cast<std::uint8_t>(FrameOpcode::binary))) {
    return std::nullopt;
  }
  const bool is_masked = (byte_at(1) & kMasked) != 0;
  std::size_t length = byte_at(1) & (kMasked - 1U);
  std::size_t begin = 2;
  if (length == kLength16) {
    length = static_cast<std::size_t>(byte_at(2)) << 8U | byte_at(3);
    if (length < kLength16) return std::nullopt;
    begin = 4;
  } else if (length > kLength16) {
    return std::nullopt;
  }
  if (is_masked) begin += 4;
  if (length > bytes.size() - std::min(begin, bytes.size())) return std::nullopt;
  return WholeFrame{begin, length, is_text, is_masked};
}

}  // namespace

auto MessageAssembler::partial() -> Partial& {
  if (partial_ == nullptr) partial_ = std::make_unique<Partial>();
  return *partial_;
}

void MessageAssembler::feed(std::span<char> bytes, FrameEvents& events) {
  while (!is_done_ && events.wants_more()) {
    if (!is_in_frame_) {
      bytes = take_whole_messages(bytes, events);
      if (bytes.empty() || is_done_ || !events.wants_more()) return;
      bytes = complete_header(bytes, events);
      if (!is_in_frame_) return;
    }
    // A frame without payload is handled at once; any other waits for its bytes.
    if (bytes.empty() && frame_.payload_bytes > frame_offset_) return;
    bytes = take_payload(bytes, events);
  }
}

std::span<char> MessageAssembler::take_whole_messages(std::span<char> bytes, FrameEvents& events) {
  if (is_in_message_ || partial_ != nullptr) return bytes;
  while (const auto frame = whole_frame_at_front(bytes)) {
    const bool is_right = frame->is_masked == (sender_ == Role::client);
    if (!is_right || frame->length > events.max_message_bytes()) break;
    const std::span<char> payload = bytes.subspan(frame->begin, frame->length);
    if (frame->is_masked) {
      std::array<std::uint8_t, 4> mask{};
      std::memcpy(mask.data(), payload.data() - mask.size(), mask.size());
      apply_mask(payload, mask, 0);
    }
    bytes = bytes.subspan(frame->begin + frame->length);
    const std::string_view view{payload.data(), payload.size()};
    if (frame->is_text && checks_text_ && !is_utf8(view)) {
      fail(close_code::invalid_payload, "text is not UTF-8", events);
      break;
    }
    events.on_message({frame->is_text ? Opcode::text : Opcode::binary, view});
    if (!events.wants_more()) break;
  }
  return bytes;
}

std::span<char> MessageAssembler::complete_header(std::span<char> bytes, FrameEvents& events) {
  // A header cut by the end of the last piece is completed in a small buffer.
  const std::size_t had = partial_ ? partial_->header_bytes : 0;
  const std::size_t added = std::min(bytes.size(), kMaxFrameHeaderBytes - had);
  std::string_view view{bytes.data(), bytes.size()};
  if (had > 0) {
    std::copy_n(bytes.begin(), added, partial().header.begin() + static_cast<std::ptrdiff_t>(had));
    view = {partial().header.data(), had + added};
  }

  const FrameHeaderResult result = decode_frame_header(view, sender_, accepts_compressed_);
  if (result.kind == FrameHeaderResult::Kind::malformed) {
    fail(close_code::protocol_error, result.problem, events);
    return {};
  }
  if (result.kind == FrameHeaderResult::Kind::incomplete) {
    if (had == 0) std::copy_n(bytes.begin(), added, partial().header.begin());
    partial().header_bytes = static_cast<std::uint8_t>(had + added);
    return {};
  }
  if (had > 0) partial_->header_bytes = 0;
  if (!begin_frame(result.header, events)) return {};
  return bytes.subspan(result.header_bytes - had);
}

bool MessageAssembler::begin_frame(const FrameHeader& header, FrameEvents& events) {
  if (!header.is_control()) {
    const bool continues = header.opcode == FrameOpcode::continuation;
    if (continues != is_in_message_) {
      fail(close_code::protocol_error,
           continues ? "continuation without a message" : "message inside a message", events);
      return false;
    }
    const std::size_t limit = events.max_message_bytes();
    if (unfinished_bytes() > limit || header.payload_bytes > limit - unfinished_bytes()) {
      fail(close_code::too_big, "message over the limit", events);
      return false;
    }
    if (header.payload_bytes == 0 && !header.is_final &&
        ++partial().empty_fragments > kMaxEmptyFragments) {
      fail(close_code::policy_violation, "too many empty fragments", events);
      return false;
    }
    if (!continues) {
      opcode_ = static_cast<Opcode>(header.opcode);
      is_compressed_ = header.is_compressed;
    }
    is_in_message_ = true;
  }
  frame_ = header;
  frame_offset_ = 0;
  is_in_frame_ = true;
  return true;
}

std::span<char> MessageAssembler::take_payload(std::span<char> bytes, FrameEvents& events) {
  const std::uint64_t missing = frame_.payload_bytes - frame_offset_;
  const auto taken = static_cast<std::size_t>(std::min<std::uint64_t>(missing, bytes.size()));
  const std::span<char> piece = bytes.first(taken);
  if (frame_.is_masked) apply_mask(piece, frame_.mask, frame_offset_);
  frame_offset_ += taken;
  is_in_frame_ = frame_offset_ < frame_.payload_bytes;
  if (frame_.is_control()) {
    take_control(piece, events);
  } else {
    take_data(piece, events);
  }
  return bytes.subspan(taken);
}

void MessageAssembler::take_data(std::span<char> piece, FrameEvents& events) {
  const std::string_view view{piece.data(), piece.size()};
  const bool is_last = frame_.is_final && !is_in_frame_;
  const bool is_checked = opcode_ == Opcode::text && !is_compressed_ && checks_text_;
  if (is_checked && (!utf8_.feed(view) || (is_last && !utf8_.is_complete()))) {
    fail(close_code::invalid_payload, "text is not UTF-8", events);
    return;
  }
  if (is_last && unfinished_bytes() == 0) {
    end_message({opcode_, view}, events);
    return;
  }
  std::string& message = partial().message;
  if (message.empty() && is_in_frame_) {
    message.reserve(static_cast<std::size_t>(
        std::min<std::uint64_t>(frame_.payload_bytes, std::uint64_t{4} * piece.size() + 4096)));
  }
  message.append(view);
  if (!is_last) return;
  const std::string whole = std::exchange(message, {});
  end_message({opcode_, whole}, events);
}

void MessageAssembler::end_message(const MessageView& message, FrameEvents& events) {
  is_in_message_ = false;
  partial_ = nullptr;
  utf8_.reset();
  if (is_compressed_) return events.on_compressed_message(message);
  events.on_message(message);
}

void MessageAssembler::take_control(std::span<char> piece, FrameEvents& events) {
  const std::string_view view{piece.data(), piece.size()};
  if (!is_in_frame_ && (partial_ == nullptr || partial_->control.empty())) {
    handle_control(view, events);
    return;
  }
  std::string& control = partial().control;
  control.append(view);
  if (is_in_frame_) return;
  const std::string whole = std::exchange(control, {});
  handle_control(whole, events);
}

void MessageAssembler::handle_control(std::string_view payload, FrameEvents& events) {
  if (frame_.opcode == FrameOpcode::ping) {
    events.on_ping(payload);
  } else if (frame_.opcode == FrameOpcode::pong) {
    events.on_pong(payload);
  } else if (const auto status = parse_close_payload(payload); !status) {
    fail(close_code::protocol_error, "malformed Close frame", events);
  } else if (!is_utf8(status->reason)) {
    fail(close_code::invalid_payload, "close reason is not UTF-8", events);
  } else {
    is_done_ = true;
    events.on_peer_close(*status);
  }
}

void MessageAssembler::fail(std::uint16_t code, std::string_view reason, FrameEvents& events) {
  is_done_ = true;
  is_in_frame_ = false;
  partial_ = nullptr;
  events.on_violation({code, std::string(reason)});
}

}  // namespace wskit
