#include "send_template.h"

#include <algorithm>
#include <array>
#include <cstring>

namespace bench {

SendTemplate SendTemplate::plain(std::string_view before, std::size_t payload_bytes,
                                 std::string_view after) {
  SendTemplate made;
  made.stamp_at_ = before.size();
  made.bytes_.append(before);
  made.bytes_.append(std::max(payload_bytes, kStampBytes), 'x');
  made.bytes_.append(after);
  return made;
}

SendTemplate SendTemplate::frame(Opcode opcode, std::string_view before, std::size_t payload_bytes,
                                 std::string_view after) {
  SendTemplate made = plain(before, payload_bytes, after);
  const std::size_t message_bytes = made.bytes_.size();
  made.bytes_ = masked_frame(opcode, made.bytes_, kMaskKey);
  made.is_masked_ = true;
  made.mask_offset_ = made.stamp_at_;
  made.stamp_at_ += made.bytes_.size() - message_bytes;
  return made;
}

std::string_view SendTemplate::stamped(Stamp stamp) {
  std::array<char, kStampBytes> letters;
  write_stamp(letters.data(), stamp);
  if (is_masked_) apply_mask(letters.data(), letters.size(), kMaskKey, mask_offset_);
  std::memcpy(bytes_.data() + stamp_at_, letters.data(), letters.size());
  return bytes_;
}

}  // namespace bench
