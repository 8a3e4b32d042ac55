#pragma once

#include <cstddef>
#include <deque>
#include <optional>
#include <string>
#include <string_view>

#include <wskit/message.h>

#include "line_splitter.h"
#include "options.h"

/// A message to be sent.
struct Outgoing {
  wskit::Opcode opcode = wskit::Opcode::text;
  std::string payload;
  bool is_typed = false;  ///< the terminal shows it already
};

/// What waits to be sent, in its order: from the command line or typed, then from the input.
class Outbox {
 public:
  explicit Outbox(const InputOptions& options);

  void push(Outgoing message) { waiting_.push_back(std::move(message)); }

  /// Before all others.
  void push_first(Outgoing message) { waiting_.push_front(std::move(message)); }

  void feed(std::string_view input) { lines_.feed(input); }
  void end_input() { lines_.end(); }

  std::optional<Outgoing> next();

  void clear() { waiting_.clear(); }

  /// Messages, without those of the input.
  std::size_t size() const { return waiting_.size(); }

  /// Of the input, not yet a whole message.
  std::size_t unfinished_bytes() const { return lines_.size_bytes(); }

  /// Of the input, so far.
  std::size_t line_count() const { return line_count_; }

 private:
  wskit::Opcode opcode_;
  std::deque<Outgoing> waiting_;
  LineSplitter lines_;
  std::size_t line_count_ = 0;
};
