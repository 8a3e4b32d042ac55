#pragma once

#include <cstddef>
#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include <wskit/message.h>

#include "load_options.h"
#include "message_template.h"
#include "stamp.h"

/// Makes the messages of one thread.
class Payload {
 public:
  explicit Payload(const PayloadOptions& options);

  /// Whether messages carry a stamp, by which whatever comes back is known.
  bool is_stamped() const { return is_stamped_; }

  /// Whether one message may differ from the next.
  bool is_constant() const { return is_constant_; }

  /// `connection` is its number among all. Valid until the next call.
  wskit::MessageView make(const Stamp& stamp, std::size_t connection);

  /// Whether this is what make() gave for that stamp. Stamped or constant payloads only.
  bool matches(const wskit::MessageView& message, const Stamp& stamp) const;

 private:
  std::size_t size_for(const Stamp& stamp) const;

  PayloadOptions options_;
  wskit::Opcode opcode_;
  bool is_stamped_;
  bool is_constant_;
  std::string text_;  ///< the message being made
  std::vector<MessageTemplate> templates_;
  std::mt19937_64 random_;
};
