#include "common/hidden_arguments.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <utility>

#include "common/url_authority.h"

namespace {

void hide(char* begin, char* end) {
  std::fill(begin, end, '*');
}

void hide(char* text) {
  hide(text, text + std::strlen(text));
}

/// Of a URL the user and the query.
void hide_in_url(char* url) {
  char* const end = url + std::strlen(url);
  const std::string_view authority = url_authority(url);
  const auto user_end = authority.rfind('@');
  char* const begin = url + (authority.data() - url);
  char* const question = std::find(begin + authority.size(), end, '?');
  if (question != end) hide(question + 1, end);
  if (user_end != std::string_view::npos) hide(begin, begin + user_end);
}

/// What the argument after this one is.
enum class Next : std::uint8_t { any, secret, url };

Next hide_long(char* argument, const SecretOptions& secrets) {
  char* const sign = std::strchr(argument, '=');
  const std::string_view name =
      sign == nullptr ? std::string_view{argument}
                      : std::string_view{argument, static_cast<std::size_t>(sign - argument)};
  const bool is_url = std::ranges::count(secrets.url_names, name) > 0;
  if (!is_url && std::ranges::count(secrets.names, name) == 0) return Next::any;
  if (sign == nullptr) return is_url ? Next::url : Next::secret;
  is_url ? hide_in_url(sign + 1) : hide(sign + 1);
  return Next::any;
}

/// The same for "-u", "-uVALUE" and letters of switches before: "-ku".
Next hide_short(char* argument, const SecretOptions& secrets) {
  for (char* letter = argument + 1; *letter != '\0'; ++letter) {
    if (secrets.value_letters.find(*letter) != std::string_view::npos) return Next::any;
    const bool is_url = secrets.url_letters.find(*letter) != std::string_view::npos;
    if (!is_url && secrets.letters.find(*letter) == std::string_view::npos) continue;
    if (letter[1] == '\0') return is_url ? Next::url : Next::secret;
    is_url ? hide_in_url(letter + 1) : hide(letter + 1);
    return Next::any;
  }
  return Next::any;
}

}  // namespace

std::vector<std::string_view> secret_connection_options() {
  return {"--header", "--user",       "--auth",  "--basic-auth",  "--bearer",  "--oauth2-bearer",
          "--cookie", "--passphrase", "--proxy", "--subprotocol", "--protocol"};
}

void hide_secret_arguments(int argc, char** argv, const SecretOptions& secrets) {
  Next next = Next::any;
  for (char* const argument : std::span{argv, static_cast<std::size_t>(argc)}.subspan(1)) {
    const Next expected = std::exchange(next, Next::any);
    if (expected == Next::secret) {
      hide(argument);
    } else if (expected == Next::url || argument[0] != '-') {
      hide_in_url(argument);
    } else {
      next = argument[1] == '-' ? hide_long(argument, secrets) : hide_short(argument, secrets);
    }
  }
}
