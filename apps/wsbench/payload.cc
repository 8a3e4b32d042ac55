#include "payload.h"

#include <algorithm>

namespace {

/// Letters and digits, so that it neither needs escapes nor compresses to nothing.
std::string filler(std::size_t size) {
  std::string text(size, '\0');
  std::uint32_t state = 1;
  for (char& c : text) {
    state = state * 1664525 + 1013904223;
    c = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_"[state >> 26U];
  }
  return text;
}

/// Spreads neighbours over all numbers.
std::uint64_t scatter(std::uint64_t value) {
  value = (value ^ value >> 30U) * 0xbf58476d1ce4e5b9;
  value = (value ^ value >> 27U) * 0x94d049bb133111eb;
  return value ^ value >> 31U;
}

}  // namespace

Payload::Payload(const PayloadOptions& options)
    : options_{options},
      opcode_{options.is_binary ? wskit::Opcode::binary : wskit::Opcode::text},
      is_stamped_{options.messages.empty() && options.min_bytes >= kStampBytes},
      is_constant_{options.messages.size() <= 1 && !options.is_template && !is_stamped_ &&
                   options.min_bytes == options.max_bytes},
      random_{std::random_device{}()} {
  if (options.messages.empty()) text_ = filler(options.max_bytes);
  if (!options.is_template) return;
  for (const std::string& message : options.messages) templates_.emplace_back(message);
}

wskit::MessageView Payload::make(const Stamp& stamp, std::size_t connection) {
  if (options_.messages.empty()) {
    if (is_stamped_) write_stamp(text_.data(), stamp);
    return {opcode_, std::string_view{text_}.substr(0, size_for(stamp))};
  }
  const std::size_t turn = stamp.sequence % options_.messages.size();
  if (!options_.is_template) return {opcode_, options_.messages[turn]};
  text_.clear();
  templates_[turn].append_to(text_, {.sequence = stamp.sequence, .connection = connection},
                             random_);
  return {opcode_, text_};
}

bool Payload::matches(const wskit::MessageView& message, const Stamp& stamp) const {
  if (message.opcode != opcode_) return false;
  if (!options_.messages.empty()) {
    return message.payload == options_.messages[stamp.sequence % options_.messages.size()];
  }
  if (message.payload.size() != size_for(stamp)) return false;
  const std::size_t stamp_bytes = is_stamped_ ? kStampBytes : 0;
  return message.payload.substr(stamp_bytes) ==
         std::string_view{text_}.substr(stamp_bytes, message.payload.size() - stamp_bytes);
}

std::size_t Payload::size_for(const Stamp& stamp) const {
  const std::size_t choices = options_.max_bytes - options_.min_bytes + 1;
  if (choices == 1) return options_.min_bytes;
  const std::uint64_t number = std::uint64_t{stamp.sender} << 32U | stamp.sequence;
  return options_.min_bytes + static_cast<std::size_t>(scatter(number) % choices);
}
