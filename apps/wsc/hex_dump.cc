#include "hex_dump.h"

#include <algorithm>

#include <fmt/format.h>

namespace {

constexpr std::size_t kBytesPerLine = 16;

}  // namespace

std::string hex_dump(std::string_view bytes, std::size_t limit) {
  std::string text;
  const std::size_t hidden = bytes.size() - std::min(bytes.size(), limit);
  bytes.remove_suffix(hidden);
  for (std::size_t offset = 0; offset < bytes.size(); offset += kBytesPerLine) {
    const std::string_view row = bytes.substr(offset, kBytesPerLine);
    text += fmt::format("{:08x} ", offset);
    for (std::size_t i = 0; i < kBytesPerLine; ++i) {
      text += i == kBytesPerLine / 2 ? "  " : " ";
      text += i < row.size() ? fmt::format("{:02x}", static_cast<unsigned char>(row[i])) : "  ";
    }
    text += "  |";
    for (const char c : row) text += c >= ' ' && c <= '~' ? c : '.';
    text += "|\n";
  }
  if (hidden > 0) text += fmt::format("... {} more bytes\n", hidden);
  return text;
}
