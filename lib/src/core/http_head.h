#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <wskit/handshake.h>

namespace wskit {

/// How much of a head is read before it is refused.
struct HttpLimits {
  std::size_t max_first_line_bytes = 8 * 1024;  ///< 414
  std::size_t max_header_bytes = 16 * 1024;     ///< 431
  std::size_t max_header_lines = 100;           ///< 431
};

struct NeedMoreBytes {};

/// Why a head is none.
enum class HeadProblem { bare_line_feed, first_line_too_long, headers_too_large, bad_header };

/// The first line and the headers of an HTTP/1.1 message (RFC 9112 section 2.1).
struct HttpHead {
  std::string_view first_line;
  std::vector<Header> headers;  ///< names in lower case, values trimmed
  std::size_t head_bytes = 0;
};

/// Reads a head from all bytes received so far: lines end with CRLF, no line folding, no spaces
/// around names, no control characters in values.
std::variant<NeedMoreBytes, HttpHead, HeadProblem> parse_http_head(std::string_view bytes,
                                                                   const HttpLimits& limits);

/// The standard phrase, or "Status" for codes that have none.
std::string_view reason_phrase(int status);

/// ASCII only, as HTTP compares.
std::string to_lower(std::string_view text);
bool equals_ignoring_case(std::string_view left, std::string_view right);

/// Without the spaces and tabs around it (RFC 9110 section 5.6.3).
std::string_view trim(std::string_view text);

/// Whether `text` is a token of RFC 9110 section 5.6.2.
bool is_token(std::string_view text);

/// Whether `text` has no control characters but tabs (RFC 9110 section 5.5).
bool is_field_value(std::string_view text);

/// The members of a comma-separated list over all headers of that lower-case name.
std::vector<std::string> list_members(const std::vector<Header>& headers, std::string_view name);

/// Whether that list has this member, whatever its case.
bool has_list_member(const std::vector<Header>& headers, std::string_view name,
                     std::string_view member);

/// How many headers have that lower-case name.
std::size_t count_headers(const std::vector<Header>& headers, std::string_view name);

std::optional<std::string_view> find_header(const std::vector<Header>& headers,
                                            std::string_view name);

}  // namespace wskit
