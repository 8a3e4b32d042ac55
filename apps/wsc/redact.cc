#include "redact.h"

#include <algorithm>
#include <array>
#include <cctype>

#include <re2/re2.h>

namespace {

constexpr std::array<std::string_view, 6> kSecretHeaders{
    "authorization", "proxy-authorization", "cookie", "set-cookie", "x-api-key", "x-auth-token"};

}  // namespace

std::string redact_header(const std::string& line) {
  std::string name = line.substr(0, line.find(':'));
  std::ranges::transform(name, name.begin(), [](unsigned char c) { return std::tolower(c); });
  if (std::ranges::count(kSecretHeaders, name) == 0) return redact_url(line);
  return line.substr(0, name.size()) + ": [hidden]";
}

std::string redact_url(const std::string& text) {
  static const RE2 kParameter{
      R"((?i)([?&][a-z0-9_.-]*(?:token|key|secret|passw|auth|sig|jwt|session)[a-z0-9_.-]*=)[^&\s#]+)"};
  std::string redacted = text;
  RE2::GlobalReplace(&redacted, kParameter, R"(\1[hidden])");
  return redacted;
}
