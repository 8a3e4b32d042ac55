#include "message_template.h"

#include <algorithm>
#include <chrono>
#include <iterator>

#include <fmt/format.h>
#include <wskit/error.h>

#include "common/units.h"

namespace {

constexpr std::size_t kMaxRandomCount = 1024 * 1024;

void append_random(std::string& out, std::size_t count, std::mt19937_64& random) {
  constexpr std::string_view kAlphabet =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
  std::uniform_int_distribution<std::size_t> choose{0, kAlphabet.size() - 1};
  std::generate_n(std::back_inserter(out), count, [&] { return kAlphabet[choose(random)]; });
}

/// RFC 9562 section 5.4.
void append_uuid(std::string& out, std::mt19937_64& random) {
  const std::uint64_t high = (random() & 0xffffffffffff0fff) | 0x4000;
  const std::uint64_t low = (random() & 0x3fffffffffffffff) | 0x8000000000000000;
  fmt::format_to(std::back_inserter(out), "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}", high >> 32U,
                 high >> 16U & 0xffff, high & 0xffff, low >> 48U, low & 0xffffffffffff);
}

std::string_view trimmed(std::string_view text) {
  const std::size_t begin = std::min(text.find_first_not_of(' '), text.size());
  text.remove_prefix(begin);
  return text.substr(0, text.find_last_not_of(' ') + 1);
}

}  // namespace

MessageTemplate::MessageTemplate(std::string_view text) {
  while (true) {
    const std::size_t begin = text.find("{{");
    if (begin != 0 && !text.empty())
      parts_.push_back({Kind::literal, std::string{text.substr(0, begin)}});
    if (begin == std::string_view::npos) return;
    const std::size_t end = text.find("}}", begin);
    if (end == std::string_view::npos) {
      throw wskit::Error{fmt::format("'{}' has no }}}}", text.substr(begin, 32))};
    }
    parts_.push_back(parse_variable(text.substr(begin + 2, end - begin - 2)));
    text.remove_prefix(end + 2);
  }
}

auto MessageTemplate::parse_variable(std::string_view variable) -> Part {
  const std::string_view name = trimmed(variable);
  if (name == "seq") return {Kind::sequence, {}};
  if (name == "conn") return {Kind::connection, {}};
  if (name == "now") return {Kind::now, {}};
  if (name == "uuid") return {Kind::uuid, {}};
  if (name == "payload") return {Kind::payload, {}};
  if (name.starts_with("rand ")) {
    const auto count = parse_count(trimmed(name.substr(5)));
    if (count && *count <= kMaxRandomCount) return {Kind::random, {}, *count};
  }
  throw wskit::Error{
      fmt::format("'{{{{{}}}}}' is not one of seq, conn, now, uuid, payload and rand N",
                  variable.substr(0, 64))};
}

bool MessageTemplate::has_payload() const {
  return std::ranges::any_of(parts_, [](const Part& part) { return part.kind == Kind::payload; });
}

void MessageTemplate::append_to(std::string& out, const TemplateValues& values,
                                std::mt19937_64& random) const {
  using std::chrono::milliseconds;
  for (const Part& part : parts_) {
    switch (part.kind) {
      case Kind::literal:
        out += part.text;
        break;
      case Kind::sequence:
        out += std::to_string(values.sequence);
        break;
      case Kind::connection:
        out += std::to_string(values.connection);
        break;
      case Kind::now:
        out += std::to_string(std::chrono::duration_cast<milliseconds>(
                                  std::chrono::system_clock::now().time_since_epoch())
                                  .count());
        break;
      case Kind::random:
        append_random(out, part.count, random);
        break;
      case Kind::uuid:
        append_uuid(out, random);
        break;
      case Kind::payload:
        out += values.payload;
        break;
    }
  }
}
