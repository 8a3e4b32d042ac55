#include "core/http_head.h"

#include <algorithm>

namespace wskit {
namespace {

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

std::optional<Header> parse_header_line(std::string_view line) {
  const auto colon = line.find(':');
  if (colon == std::string_view::npos || !is_token(line.substr(0, colon))) return std::nullopt;
  const std::string_view value = trim(line.substr(colon + 1));
  if (!is_field_value(value)) return std::nullopt;
  return Header{to_lower(line.substr(0, colon)), std::string(value)};
}

/// The line at the front of `bytes`, without its CRLF; takes it away.
std::variant<NeedMoreBytes, std::string_view, HeadProblem> take_line(std::string_view& bytes) {
  const auto end = bytes.find('\n');
  if (end == std::string_view::npos) return NeedMoreBytes{};
  if (end == 0 || bytes[end - 1] != '\r') return HeadProblem::bare_line_feed;
  const std::string_view line = bytes.substr(0, end - 1);
  bytes.remove_prefix(end + 1);
  return line;
}

}  // namespace

std::variant<NeedMoreBytes, HttpHead, HeadProblem> parse_http_head(std::string_view bytes,
                                                                   const HttpLimits& limits) {
  const std::size_t total_bytes = bytes.size();
  const auto first = take_line(bytes);
  if (const auto* problem = std::get_if<HeadProblem>(&first)) return *problem;
  const auto* first_line = std::get_if<std::string_view>(&first);
  if ((first_line != nullptr ? first_line->size() : bytes.size()) > limits.max_first_line_bytes) {
    return HeadProblem::first_line_too_long;
  }
  if (first_line == nullptr) return NeedMoreBytes{};

  HttpHead head{*first_line, {}, 0};
  const std::size_t header_begin = total_bytes - bytes.size();
  while (true) {
    const auto taken = take_line(bytes);
    const std::size_t read_bytes = total_bytes - bytes.size();
    if (const auto* problem = std::get_if<HeadProblem>(&taken)) return *problem;
    const auto* line = std::get_if<std::string_view>(&taken);
    const std::size_t header_bytes = (line != nullptr ? read_bytes : total_bytes) - header_begin;
    if (header_bytes > limits.max_header_bytes) return HeadProblem::headers_too_large;
    if (line == nullptr) return NeedMoreBytes{};
    if (line->empty()) {
      head.head_bytes = read_bytes;
      return head;
    }
    if (head.headers.size() == limits.max_header_lines) return HeadProblem::headers_too_large;
    auto header = parse_header_line(*line);
    if (!header) return HeadProblem::bad_header;
    head.headers.push_back(std::move(*header));
  }
}

std::string to_lower(std::string_view text) {
  std::string result{text};
  std::ranges::transform(result, result.begin(), lower);
  return result;
}

std::string_view trim(std::string_view text) {
  const auto begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

bool equals_ignoring_case(std::string_view left, std::string_view right) {
  return std::ranges::equal(left, right, [](char a, char b) { return lower(a) == lower(b); });
}

bool is_token(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return (c >= '0' && c <= '9') || (lower(c) >= 'a' && lower(c) <= 'z') ||
           std::string_view{"!#$%&'*+-.^_`|~"}.find(c) != std::string_view::npos;
  });
}

bool is_field_value(std::string_view text) {
  return std::ranges::all_of(text, [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte == '\t' || (byte >= ' ' && byte != 127);
  });
}

std::vector<std::string> list_members(const std::vector<Header>& headers, std::string_view name) {
  std::vector<std::string> members;
  for (const Header& header : headers) {
    if (header.name != name) continue;
    std::string_view rest = header.value;
    while (!rest.empty()) {
      const auto comma = std::min(rest.find(','), rest.size());
      const std::string_view member = trim(rest.substr(0, comma));
      if (!member.empty()) members.emplace_back(member);
      rest.remove_prefix(std::min(comma + 1, rest.size()));
    }
  }
  return members;
}

bool has_list_member(const std::vector<Header>& headers, std::string_view name,
                     std::string_view member) {
  return std::ranges::any_of(list_members(headers, name), [member](const std::string& candidate) {
    return equals_ignoring_case(candidate, member);
  });
}

std::size_t count_headers(const std::vector<Header>& headers, std::string_view name) {
  return static_cast<std::size_t>(std::ranges::count(headers, name, &Header::name));
}

std::optional<std::string_view> find_header(const std::vector<Header>& headers,
                                            std::string_view name) {
  const auto found = std::ranges::find(headers, name, &Header::name);
  if (found == headers.end()) return std::nullopt;
  return found->value;
}

std::string_view reason_phrase(int status) {
  switch (status) {
    case 100:
      return "Continue";
    case 101:
      return "Switching Protocols";
    case 200:
      return "OK";
    case 204:
      return "No Content";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 408:
      return "Request Timeout";
    case 409:
      return "Conflict";
    case 411:
      return "Length Required";
    case 413:
      return "Content Too Large";
    case 414:
      return "URI Too Long";
    case 415:
      return "Unsupported Media Type";
    case 421:
      return "Misdirected Request";
    case 426:
      return "Upgrade Required";
    case 429:
      return "Too Many Requests";
    case 431:
      return "Request Header Fields Too Large";
    case 500:
      return "Internal Server Error";
    case 502:
      return "Bad Gateway";
    case 503:
      return "Service Unavailable";
    case 504:
      return "Gateway Timeout";
    default:
      return "Status";
  }
}

}  // namespace wskit
