#pragma once

#include <cstddef>
#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <vector>

/// What a template's variables stand for in one message.
struct TemplateValues {
  std::uint64_t sequence = 0;     ///< {{seq}}
  std::size_t connection = 0;     ///< {{conn}}
  std::string_view payload = {};  ///< {{payload}}
};

/// A text with variables: {{seq}}, {{conn}}, {{now}} (milliseconds since 1970), {{rand N}} (N
/// letters and digits), {{uuid}} and, where there is one, {{payload}}.
class MessageTemplate {
 public:
  /// Throws wskit::Error naming the variable that is unknown or malformed.
  explicit MessageTemplate(std::string_view text);

  /// Whether it has the variable.
  bool has_payload() const;

  void append_to(std::string& out, const TemplateValues& values, std::mt19937_64& random) const;

 private:
  enum class Kind : std::uint8_t { literal, sequence, connection, now, random, uuid, payload };

  struct Part {
    Kind kind = Kind::literal;
    std::string text;       ///< literal
    std::size_t count = 0;  ///< random
  };

  static Part parse_variable(std::string_view variable);

  std::vector<Part> parts_;
};
