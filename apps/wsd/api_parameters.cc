#include "wsd/api_parameters.h"

#include <algorithm>

#include <wskit/channel.h>

#include "common/units.h"

using wskit::RequestError;

namespace {

constexpr std::size_t kMaxLimit = 1000;

}  // namespace

std::variant<ApiParameters, RequestError> read_parameters(
    const wskit::HttpRequest& request, std::initializer_list<std::string_view> known,
    bool (*is_channel)(std::string_view channel)) {
  ApiParameters parameters;
  for (const auto& [name, value] : request.query) {
    if (std::ranges::find(known, name) == known.end()) {
      return RequestError{"bad_request", "The request has a parameter that is not known."};
    }
    if (name == "limit") {
      const auto limit = parse_count(value);
      if (!limit || *limit == 0 || *limit > kMaxLimit) {
        return RequestError{"bad_request", "limit must be a number from 1 to 1000."};
      }
      parameters.limit = *limit;
    } else if (name == "before") {
      parameters.before = wskit::MessageId::parse(value);
      if (!parameters.before) return RequestError{"bad_request", "before is not an id."};
    } else if (name == "user") {
      if (!wskit::is_user_name(value)) {
        return RequestError{"bad_user", "The user name is malformed."};
      }
      parameters.user = value;
    } else if (name == "channel") {
      if (!is_channel(value)) {
        return RequestError{"bad_channel", "The channel name is malformed."};
      }
      parameters.channel = value;
    } else {
      (name == "id" ? parameters.id : parameters.after) = value;
    }
  }
  return parameters;
}
