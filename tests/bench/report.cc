#include "report.h"

#include <array>
#include <cstdio>

namespace bench {

void Report::add(std::string_view name, double number, int decimals) {
  std::array<char, 64> digits;
  std::snprintf(digits.data(), digits.size(), "%.*f", decimals, number);
  add_raw(name, digits.data());
}

void Report::add(std::string_view name, std::string_view text) {
  std::string quoted = "\"";
  quoted.append(text).append("\"");
  add_raw(name, quoted);
}

void Report::add_raw(std::string_view name, std::string_view value) {
  if (!members_.empty()) members_ += ", ";
  members_.append("\"").append(name).append("\": ").append(value);
}

}  // namespace bench
