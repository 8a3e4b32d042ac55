#include <wskit/message_id.h>

#include <charconv>
#include <limits>

#include <fmt/format.h>

namespace wskit {
namespace {

std::optional<std::uint64_t> parse_number(std::string_view digits) {
  std::uint64_t number = 0;
  const char* const end = digits.data() + digits.size();
  const auto result = std::from_chars(digits.data(), end, number);
  if (result.ec != std::errc{} || result.ptr != end) return std::nullopt;
  return number;
}

}  // namespace

MessageId MessageId::before() const {
  if (seq > 0) return {ms, seq - 1};
  return ms > 0 ? MessageId{ms - 1, std::numeric_limits<std::uint64_t>::max()} : MessageId{};
}

std::string MessageId::text() const {
  return fmt::format("{}-{}", ms, seq);
}

std::optional<MessageId> MessageId::parse(std::string_view text) {
  const auto dash = text.find('-');
  if (dash == std::string_view::npos) return std::nullopt;
  const auto ms = parse_number(text.substr(0, dash));
  const auto seq = parse_number(text.substr(dash + 1));
  if (!ms || !seq) return std::nullopt;
  return MessageId{*ms, *seq};
}

}  // namespace wskit
