#include "common/printable.h"

#include <algorithm>
#include <cstdint>

#include <fmt/format.h>

namespace {

/// One character at the front of some bytes; `size` is zero if they are not UTF-8.
struct Character {
  std::uint32_t code = 0;
  std::size_t size = 0;
};

Character take_character(std::string_view bytes) {
  const auto byte = [&bytes](std::size_t i) { return static_cast<std::uint8_t>(bytes[i]); };
  const std::uint8_t first = byte(0);
  if (first < 0x80) return {first, 1};
  const std::size_t size = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  if (first < 0xC2 || first > 0xF4 || bytes.size() < size) return {};
  std::uint32_t code = first & (0x7Fu >> size);
  for (std::size_t i = 1; i < size; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return {};
    code = code << 6 | (byte(i) & 0x3Fu);
  }
  const bool is_overlong = (size == 3 && code < 0x800) || (size == 4 && code < 0x10000);
  const bool is_surrogate = code >= 0xD800 && code <= 0xDFFF;
  if (is_overlong || is_surrogate || code > 0x10FFFF) return {};
  return {code, size};
}

bool is_dangerous(std::uint32_t code) {
  if (code == '\n' || code == '\t') return false;
  const bool is_control = code < 0x20 || (code >= 0x7F && code < 0xA0);
  const bool is_separator = code == 0x2028 || code == 0x2029;
  const bool is_override = (code >= 0x202A && code <= 0x202E) || (code >= 0x2066 && code <= 0x2069);
  return is_control || is_separator || is_override;
}

/// What East Asian scripts and pictures take two columns for (Unicode Standard Annex 11).
bool is_wide(std::uint32_t code) {
  return (code >= 0x1100 && code < 0x1160) || (code >= 0x2E80 && code < 0xA4D0) ||
         (code >= 0xAC00 && code < 0xD7A4) || (code >= 0xF900 && code < 0xFB00) ||
         (code >= 0xFE30 && code < 0xFE70) || (code >= 0xFF00 && code < 0xFF61) ||
         (code >= 0xFFE0 && code < 0xFFE7) || (code >= 0x1F300 && code < 0x1F650) ||
         (code >= 0x1F900 && code < 0x1FA00) || (code >= 0x20000 && code < 0x40000);
}

bool is_combining(std::uint32_t code) {
  return (code >= 0x300 && code < 0x370) || (code >= 0x200B && code < 0x2010) ||
         (code >= 0xFE00 && code < 0xFE10);
}

}  // namespace

bool is_valid_utf8(std::string_view bytes) {
  while (!bytes.empty()) {
    const std::size_t size = take_character(bytes).size;
    if (size == 0) return false;
    bytes.remove_prefix(size);
  }
  return true;
}

std::string printable(std::string_view text) {
  std::string shown;
  shown.reserve(text.size());
  while (!text.empty()) {
    const Character next = take_character(text);
    const std::size_t size = std::max<std::size_t>(next.size, 1);
    if (next.size == 0 || (is_dangerous(next.code) && next.code < 0x80)) {
      shown += fmt::format("\\x{:02x}", static_cast<std::uint8_t>(text.front()));
    } else if (is_dangerous(next.code)) {
      shown += fmt::format("\\u{{{:x}}}", next.code);
    } else {
      shown += text.substr(0, size);
    }
    text.remove_prefix(size);
  }
  return shown;
}

std::string escape_in_json(std::string_view json) {
  std::string escaped;
  escaped.reserve(json.size());
  while (!json.empty()) {
    const Character next = take_character(json);
    const std::size_t size = std::max<std::size_t>(next.size, 1);
    if (next.size > 0 && next.code >= ' ' && is_dangerous(next.code)) {
      escaped += fmt::format("\\u{:04x}", next.code);
    } else {
      escaped += json.substr(0, size);
    }
    json.remove_prefix(size);
  }
  return escaped;
}

std::string printable_line(std::string_view text) {
  while (text.ends_with('\n') || text.ends_with('\r')) text.remove_suffix(1);
  std::string line{text};
  std::erase(line, '\r');
  std::ranges::replace(line, '\n', ' ');
  return printable(line);
}

std::size_t display_columns(std::string_view text) {
  std::size_t columns = 0;
  while (!text.empty()) {
    const Character next = take_character(text);
    columns += is_combining(next.code) ? 0 : is_wide(next.code) ? 2 : 1;
    text.remove_prefix(std::max<std::size_t>(next.size, 1));
  }
  return columns;
}

std::string fit_columns(std::string_view text, std::size_t columns) {
  std::string shown;
  std::size_t taken = 0;
  while (!text.empty()) {
    const std::size_t size = std::max<std::size_t>(take_character(text).size, 1);
    taken += display_columns(text.substr(0, size));
    if (taken > columns) break;
    shown += text.substr(0, size);
    text.remove_prefix(size);
  }
  return shown;
}

std::string hex_preview(std::string_view bytes, std::size_t limit) {
  std::string hex;
  for (const char byte : bytes.substr(0, limit)) {
    hex += fmt::format("{:02x}", static_cast<std::uint8_t>(byte));
  }
  return bytes.size() > limit ? hex + "..." : hex;
}
