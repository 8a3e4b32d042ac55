#include "redact.h"

#include <re2/re2.h>

namespace {

/// What makes a name one of a secret.
constexpr const char* kSecretWords =
    "token|key|secret|passw|auth|signature|jwt|session|ticket|credential|cookie";

/// Longer ones are no names, but tokens where a browser has no other place for them.
constexpr std::size_t kMaxSubprotocolName = 32;

bool is_secret_header(const std::string& name) {
  static const RE2 kSecret{std::string{"(?i)"} + kSecretWords};
  static const RE2 kPublic{"(?i)(www|proxy)-authenticate|sec-websocket-.*"};
  return RE2::PartialMatch(name, kSecret) && !RE2::FullMatch(name, kPublic);
}

std::string redact_subprotocols(const std::string& line) {
  static const RE2 kLong{R"([^\s,:]{)" + std::to_string(kMaxSubprotocolName + 1) + ",}"};
  std::string redacted = line;
  RE2::GlobalReplace(&redacted, kLong, "[hidden]");
  return redacted;
}

}  // namespace

std::string redact_header(const std::string& line) {
  static const RE2 kSubprotocols{"(?i)sec-websocket-protocol"};
  const std::string name = line.substr(0, line.find(':'));
  if (is_secret_header(name)) return name + ": [hidden]";
  if (RE2::FullMatch(name, kSubprotocols)) return redact_subprotocols(line);
  return redact_url(line);
}

std::string redact_url(const std::string& text) {
  static const RE2 kParameter{std::string{R"((?i)([?&#](?:code|sig|[a-z0-9_.-]*(?:)"} +
                              kSecretWords + R"()[a-z0-9_.-]*)=)[^&\s#]+)"};
  static const RE2 kUser{R"((://)[^/?#\s]*@)"};
  std::string redacted = text;
  RE2::GlobalReplace(&redacted, kParameter, R"(\1[hidden])");
  RE2::GlobalReplace(&redacted, kUser, R"(\1[hidden]@)");
  return redacted;
}
