#include "outbox.h"

#include <utility>

Outbox::Outbox(const InputOptions& options)
    : opcode_{options.is_binary ? wskit::Opcode::binary : wskit::Opcode::text},
      on_open_{options.on_open},
      lines_{options.is_one_message ? std::nullopt : std::optional{options.separator}} {
  for (const std::string& message : options.execute) push({opcode_, message});
}

void Outbox::begin_connection() {
  std::erase_if(waiting_, [](const Outgoing& message) { return message.is_on_open; });
  for (auto text = on_open_.rbegin(); text != on_open_.rend(); ++text) {
    waiting_.push_front({.opcode = wskit::Opcode::text, .payload = *text, .is_on_open = true});
  }
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
