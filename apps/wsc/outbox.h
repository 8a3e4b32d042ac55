#pragma once

#include <cstddef>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <wskit/message.h>

#include "line_splitter.h"
#include "options.h"

/// A message to be sent.
struct Outgoing {
  wskit::Opcode opcode = wskit::Opcode::text;
  std::string payload;
  bool is_typed = false;    ///< the terminal shows it already
  bool is_on_open = false;  ///< belongs to one connection
};

/// What waits to be sent, in its order: from the command line or typed, then from the input.
class Outbox {
 public:
  explicit Outbox(const InputOptions& options);

  void push(Outgoing message) { waiting_.push_back(std::move(message)); }

  /// Puts what is sent first on each connection before all others, and takes back what of it an
  /// earlier connection has left.
  void begin_connection();

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
  std::vector<std::string> on_open_;
  std::deque<Outgoing> waiting_;
  LineSplitter lines_;
  std::size_t line_count_ = 0;
};
