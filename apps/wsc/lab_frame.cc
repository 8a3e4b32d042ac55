#include "lab_frame.h"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <utility>

#include <fmt/format.h>
#include <wskit/error.h>

#include "common/printable.h"

namespace {

using OpcodeName = std::pair<std::string_view, std::uint8_t>;

constexpr OpcodeName kOpcodes[] = {{"cont", 0},  {"text", 1}, {"binary", 2},
                                   {"close", 8}, {"ping", 9}, {"pong", 10}};

template <typename Number>
Number read_number(std::string_view text, int base, Number greatest, std::string_view word) {
  Number number = 0;
  const char* const end = text.data() + text.size();
  const auto [last, error] = std::from_chars(text.data(), end, number, base);
  if (error == std::errc{} && last == end && number <= greatest) return number;
  throw wskit::Error(fmt::format("'{}' is out of range", printable_line(word)));
}

std::uint8_t read_opcode(std::string_view name, std::string_view word) {
  const auto* const found = std::ranges::find(kOpcodes, name, &OpcodeName::first);
  if (found != std::end(kOpcodes)) return found->second;
  return static_cast<std::uint8_t>(read_number<unsigned>(name, 10, 15, word));
}

/// False if the word is none that says how the frame is.
bool apply(LabFrame& frame, std::string_view word) {
  const auto value = word.substr(std::min(word.find('='), word.size() - 1) + 1);
  if (word == "fin" || word == "nofin") {
    frame.is_final = word == "fin";
  } else if (word == "rsv1" || word == "rsv2" || word == "rsv3") {
    frame.reserved_bits |= static_cast<std::uint8_t>(8U >> (word.back() - '0'));
  } else if (word.starts_with("op=")) {
    frame.opcode = read_opcode(value, word);
  } else if (word == "mask=none") {
    frame.mask.reset();
  } else if (word.starts_with("mask=")) {
    frame.mask = read_number<std::uint32_t>(value, 16, UINT32_MAX, word);
  } else if (word.starts_with("len=")) {
    frame.length = read_number<std::uint64_t>(value, 10, UINT64_MAX, word);
  } else if (word == "bits=7" || word == "bits=16" || word == "bits=64") {
    frame.length_bits = read_number<int>(value, 10, 64, word);
  } else {
    return false;
  }
  return true;
}

void append_number(std::string& out, std::uint64_t number, int bits) {
  for (int shift = bits - 8; shift >= 0; shift -= 8) {
    out += static_cast<char>(number >> shift & 0xFFU);
  }
}

}  // namespace

std::string LabFrame::encode() const {
  const std::uint64_t told = length.value_or(payload.size());
  const int bits = length_bits != 0 ? length_bits : told < 126 ? 7 : told <= 0xFFFF ? 16 : 64;
  const unsigned marker = bits == 7 ? static_cast<unsigned>(told & 0x7FU) : bits == 16 ? 126 : 127;
  std::string bytes;
  bytes += static_cast<char>((is_final ? 0x80U : 0U) | unsigned{reserved_bits} << 4U | opcode);
  bytes += static_cast<char>((mask ? 0x80U : 0U) | marker);
  if (bits > 7) append_number(bytes, told, bits);
  if (mask) append_number(bytes, *mask, 32);
  const std::size_t begin = bytes.size();
  bytes += payload;
  for (std::size_t i = begin; mask && i < bytes.size(); ++i) {
    bytes[i] = static_cast<char>(static_cast<unsigned char>(bytes[i]) ^
                                 (*mask >> (24 - 8 * ((i - begin) % 4)) & 0xFFU));
  }
  return bytes;
}

LabFrame parse_lab_frame(std::string_view text, std::uint32_t random_mask) {
  LabFrame frame;
  frame.mask = random_mask;
  while (!text.empty()) {
    const auto end = std::min(text.find(' '), text.size());
    const bool is_known = end > 0 && apply(frame, text.substr(0, end));
    if (!is_known && end > 0) break;
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  if (!text.starts_with("hex:")) {
    frame.payload = text;
    return frame;
  }
  auto bytes = parse_hex(text.substr(4));
  if (!bytes) throw wskit::Error("hex: takes pairs of hexadecimal digits");
  frame.payload = std::move(*bytes);
  return frame;
}

std::optional<std::string> parse_hex(std::string_view text) {
  std::string bytes;
  while (!text.empty()) {
    if (text.front() == ' ') {
      text.remove_prefix(1);
      continue;
    }
    unsigned value = 0;
    if (text.size() < 2) return std::nullopt;
    const auto [end, error] = std::from_chars(text.data(), text.data() + 2, value, 16);
    if (error != std::errc{} || end != text.data() + 2) return std::nullopt;
    bytes += static_cast<char>(value);
    text.remove_prefix(2);
  }
  return bytes;
}
