#include "common/url_authority.h"

#include <algorithm>

std::string_view url_authority(std::string_view url) {
  const auto delimiter = std::min(url.find_first_of(":/?#"), url.size());
  if (url.substr(delimiter).starts_with("://")) url.remove_prefix(delimiter + 3);
  return url.substr(0, url.find_first_of("/?#"));
}
