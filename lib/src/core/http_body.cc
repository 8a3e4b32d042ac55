#include "core/http_body.h"

#include <charconv>
#include <limits>

#include "core/http_head.h"

namespace wskit {
namespace {

/// RFC 9112 section 7.1; a malformed chunk ends the body.
HttpBody read_chunks(std::string_view bytes, std::size_t max_bytes) {
  HttpBody body;
  while (body.text.size() < max_bytes) {
    const auto line_end = bytes.find("\r\n");
    if (line_end == std::string_view::npos) return body;
    const std::string_view line = bytes.substr(0, line_end);
    const auto size = parse_body_size(line.substr(0, line.find_first_of("; \t")), 16);
    if (!size || *size == 0) break;
    bytes.remove_prefix(line_end + 2);
    body.text += bytes.substr(0, *size);
    if (bytes.size() < *size || bytes.size() - *size < 2) return body;
    bytes.remove_prefix(*size + 2);
  }
  body.is_complete = true;
  return body;
}

}  // namespace

std::optional<std::uint64_t> parse_body_size(std::string_view digits, int base) {
  std::uint64_t value = 0;
  const char* const end = digits.data() + digits.size();
  const auto [stop, error] = std::from_chars(digits.data(), end, value, base);
  if (error != std::errc{} || stop != end) return std::nullopt;
  return value;
}

HttpBody read_http_body(const std::vector<Header>& headers, std::string_view bytes,
                        std::size_t max_bytes) {
  HttpBody body;
  const auto length = find_header(headers, "content-length");
  if (has_list_member(headers, "transfer-encoding", "chunked")) {
    body = read_chunks(bytes, max_bytes);
  } else {
    // Without a length the body goes on until the connection ends.
    constexpr auto kUnknown = std::numeric_limits<std::size_t>::max();
    const std::size_t size = length ? parse_body_size(*length, 10).value_or(kUnknown) : kUnknown;
    body.text = bytes.substr(0, size);
    body.is_complete = bytes.size() >= size;
  }
  if (body.text.size() >= max_bytes) {
    body.text.resize(max_bytes);
    body.is_complete = true;
  }
  return body;
}

}  // namespace wskit
