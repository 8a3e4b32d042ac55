#pragma once

#include <string>
#include <string_view>

namespace bench {

/// One flat JSON object, in the order of addition.
class Report {
 public:
  void add(std::string_view name, double number, int decimals = 0);
  /// `text` holds no characters that JSON would have to escape.
  void add(std::string_view name, std::string_view text);

  [[nodiscard]] std::string json() const { return "{" + members_ + "}"; }

 private:
  void add_raw(std::string_view name, std::string_view value);

  std::string members_;
};

}  // namespace bench
