#include "outbox.h"

#include <utility>

Outbox::Outbox(const InputOptions& options)
    : opcode_{options.is_binary ? wskit::Opcode::binary : wskit::Opcode::text},
      lines_{options.is_one_message ? std::nullopt : std::optional{options.separator}} {
  for (const std::string& message : options.execute) push({opcode_, message});
}

std::optional<Outgoing> Outbox::next() {
  if (!waiting_.empty()) {
    Outgoing message = std::move(waiting_.front());
    waiting_.pop_front();
    return message;
  }
  auto line = lines_.next();
  if (!line) return std::nullopt;
  ++line_count_;
  return Outgoing{opcode_, std::move(*line)};
}
