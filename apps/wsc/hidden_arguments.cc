#include "hidden_arguments.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <span>
#include <string_view>

namespace {

constexpr std::array<std::string_view, 9> kSecretOptions{
    "--header",        "--user",   "--auth",       "--basic-auth", "--bearer",
    "--oauth2-bearer", "--cookie", "--passphrase", "--proxy"};
constexpr std::array<char, 2> kSecretLetters{'H', 'u'};

void hide(char* begin, char* end) {
  std::fill(begin, end, '*');
}

void hide(char* text) {
  hide(text, text + std::strlen(text));
}

/// Returns whether the next argument is a secret.
bool hide_long(char* argument) {
  char* const sign = std::strchr(argument, '=');
  const std::string_view name =
      sign == nullptr ? std::string_view{argument}
                      : std::string_view{argument, static_cast<std::size_t>(sign - argument)};
  if (std::ranges::count(kSecretOptions, name) == 0) return false;
  if (sign != nullptr) hide(sign + 1);
  return sign == nullptr;
}

/// The same for "-u", "-uVALUE" and letters of switches before: "-ku".
bool hide_short(char* argument) {
  for (char* letter = argument + 1; *letter != '\0'; ++letter) {
    if (std::ranges::count(kSecretLetters, *letter) == 0) continue;
    hide(letter + 1);
    return letter[1] == '\0';
  }
  return false;
}

void hide_in_url(char* argument) {
  char* const begin = std::strstr(argument, "://");
  if (begin == nullptr) return;
  char* const host = begin + 3;
  char* const query = std::strchr(host, '?');
  if (query != nullptr) hide(query + 1);
  char* const path = host + std::strcspn(host, "/?");
  char* const user_end = std::find(host, path, '@');
  if (user_end != path) hide(host, user_end);
}

}  // namespace

void hide_secret_arguments(int argc, char** argv) {
  bool is_secret = false;
  for (char* const argument : std::span{argv, static_cast<std::size_t>(argc)}.subspan(1)) {
    if (is_secret) {
      hide(argument);
      is_secret = false;
    } else if (std::strncmp(argument, "--", 2) == 0) {
      is_secret = hide_long(argument);
      hide_in_url(argument);
    } else if (argument[0] == '-') {
      is_secret = hide_short(argument);
    } else {
      hide_in_url(argument);
    }
  }
}
