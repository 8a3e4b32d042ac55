#include "public_url.h"

#include <string_view>

#include "common/url_authority.h"

std::string public_url(const std::string& url) {
  const std::string_view authority = url_authority(url);
  const auto begin = static_cast<std::size_t>(authority.data() - url.data());
  const std::size_t user_end = authority.rfind('@');
  std::string text = url.substr(0, begin);
  text += user_end == std::string_view::npos ? authority : authority.substr(user_end + 1);
  const std::string rest = url.substr(begin + authority.size());
  const std::size_t question = rest.find('?');
  return text + rest.substr(0, question) + (question == std::string::npos ? "" : "?…");
}
