#pragma once

#include <optional>
#include <random>
#include <string>
#include <string_view>

#include "message_template.h"

/// What is published around a payload. Thread: one.
class PublishTemplate {
 public:
  /// Empty: the payload alone. Throws wskit::Error if it is malformed, or has no {{payload}}.
  explicit PublishTemplate(const std::string& text);

  /// Valid until the next call, or as long as `payload`.
  std::string_view fill(std::string_view payload, std::uint64_t sequence, std::size_t publisher);

 private:
  std::optional<MessageTemplate> template_;
  std::mt19937_64 random_;
  std::string text_;
};
