#include "common/request_headers.h"

#include <algorithm>
#include <cctype>
#include <sstream>
#include <string_view>

#include <fmt/format.h>
#include <wskit/base64.h>
#include <wskit/error.h>

#include "common/file_content.h"
#include "common/url_authority.h"

namespace {

char to_lower(char c) {
  return static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
}

wskit::Header* find_header(std::vector<wskit::Header>& headers, std::string_view name) {
  const auto found = std::ranges::find_if(headers, [name](const wskit::Header& header) {
    return std::ranges::equal(header.name, name, {}, to_lower, to_lower);
  });
  return found == headers.end() ? nullptr : &*found;
}

std::string authorization(const ConnectionFlags& flags) {
  if (!flags.user.empty() && !flags.bearer.empty()) {
    throw wskit::Error{"--user and --bearer exclude each other"};
  }
  if (!flags.bearer.empty()) return "Bearer " + text_or_file(flags.bearer);
  if (flags.user.empty()) return {};
  std::string user = text_or_file(flags.user);
  if (user.find(':') == std::string::npos) user += ':';  // RFC 7617 section 2
  return "Basic " + wskit::base64_encode(user);
}

}  // namespace

wskit::Header parse_header(const std::string& text, const char* option) {
  const auto colon = text.find(':');
  const auto value = text.find_first_not_of(" \t", colon + 1);
  if (colon == std::string::npos || colon == 0) {
    throw wskit::Error{fmt::format("{} takes 'Name: value'", option)};
  }
  return {text.substr(0, colon), value == std::string::npos ? "" : text.substr(value)};
}

std::vector<wskit::Header> request_headers(const ConnectionFlags& flags, const std::string& url,
                                           const std::string& token) {
  std::vector<wskit::Header> headers;
  for (const std::string& value : flags.headers) {
    if (!value.starts_with('@')) {
      headers.push_back(parse_header(value));
      continue;
    }
    std::istringstream lines{text_or_file(value)};
    for (std::string line; std::getline(lines, line);) {
      if (line.ends_with('\r')) line.pop_back();
      if (!line.empty()) headers.push_back(parse_header(line));
    }
  }
  const auto add_single = [&headers](const std::string& name, const std::string& value,
                                     const char* option) {
    if (value.empty()) return;
    if (find_header(headers, name) != nullptr) {
      throw wskit::Error{fmt::format("{} and a header {} exclude each other", option, name)};
    }
    headers.push_back({name, value});
  };
  add_single("User-Agent", flags.user_agent, "--user-agent");
  for (const std::string& cookie : flags.cookies) {
    if (wskit::Header* const cookies = find_header(headers, "Cookie")) {
      cookies->value += "; " + cookie;
    } else {
      headers.push_back({"Cookie", cookie});
    }
  }
  add_single("Authorization", authorization(flags), flags.user.empty() ? "--bearer" : "--user");
  // What the command line says goes before the environment.
  const bool has_other = find_header(headers, "Authorization") != nullptr ||
                         url_authority(url).find('@') != std::string_view::npos;
  if (!token.empty() && !has_other) headers.push_back({"Authorization", "Bearer " + token});
  return headers;
}
