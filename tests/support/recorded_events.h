#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/message_assembler.h"

/// What an assembler told, one line an event: "text hello", "ping x", "violation 1002 …".
class RecordedEvents : public wskit::FrameEvents {
 public:
  void on_message(const wskit::MessageView& message) override {
    add(message.opcode == wskit::Opcode::text ? "text" : "binary", message.payload);
  }
  void on_ping(std::string_view payload) override { add("ping", payload); }
  void on_pong(std::string_view payload) override { add("pong", payload); }
  void on_peer_close(const wskit::CloseStatus& status) override { add("close", status); }
  void on_violation(const wskit::CloseStatus& status) override { add("violation", status); }
  bool wants_more() const override { return lines.size() < max_events; }
  std::size_t max_message_bytes() const override { return message_limit; }

  std::size_t max_events = static_cast<std::size_t>(-1);  ///< then it wants no more
  std::size_t message_limit = 1024;
  std::vector<std::string> lines;

 private:
  void add(std::string_view kind, std::string_view payload) {
    lines.push_back(std::string(kind).append(" ").append(payload));
  }
  void add(std::string_view kind, const wskit::CloseStatus& status) {
    add(kind, std::to_string(status.code) + " " + status.reason);
  }
};

/// The events that `bytes` give when they come in pieces of these sizes, and then the rest.
inline std::vector<std::string> events_of(std::string bytes, wskit::Role sender,
                                          std::size_t max_message_bytes,
                                          std::span<const std::size_t> piece_sizes = {}) {
  wskit::MessageAssembler assembler{sender};
  RecordedEvents events;
  events.message_limit = max_message_bytes;
  std::span<char> rest{bytes};
  for (const std::size_t size : piece_sizes) {
    const std::size_t taken = size < rest.size() ? size : rest.size();
    assembler.feed(rest.first(taken), events);
    rest = rest.subspan(taken);
  }
  assembler.feed(rest, events);
  return events.lines;
}
