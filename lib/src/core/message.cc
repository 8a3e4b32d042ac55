#include <wskit/message.h>

#include "core/frame.h"

namespace wskit {

Message::Message(const MessageView& view) : header_bytes_{0}, opcode_{view.opcode} {
  auto frame = std::make_shared<std::string>();
  append_frame(*frame, {.opcode = static_cast<FrameOpcode>(view.opcode)}, view.payload);
  header_bytes_ = frame->size() - view.payload.size();
  frame_ = std::move(frame);
}

}  // namespace wskit
