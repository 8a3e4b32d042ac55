// Who is connected where, and ending sessions.

#include <variant>

#include <wskit/publication.h>

#include "common/units.h"
#include "wsd/api.h"
#include "wsd/api_responses.h"
#include "wsd/directory_json.h"

namespace {

using wskit::HttpRespond;
using wskit::RequestError;

constexpr std::size_t kMaxLimit = 1000;

/// The parameters that these requests may have.
struct Parameters {
  std::string user = {};
  std::string channel = {};
  std::string id = {};
  std::string after = {};
  std::size_t limit = 100;
};

std::variant<Parameters, RequestError> read_parameters(
    const wskit::HttpRequest& request, std::initializer_list<std::string_view> known) {
  Parameters parameters;
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
    } else if (name == "user") {
      if (!wskit::is_user_name(value)) {
        return RequestError{"bad_user", "The user name is malformed."};
      }
      parameters.user = value;
    } else if (name == "channel") {
      if (!wskit::is_channel_name(value)) {
        return RequestError{"bad_channel", "The channel name is malformed."};
      }
      parameters.channel = value;
    } else {
      (name == "id" ? parameters.id : parameters.after) = value;
    }
  }
  return parameters;
}

/// Answers with what `make` gives for an answer of the directory, or with 503.
template <typename Answer, typename Make>
auto respond_with(HttpRespond respond, Make make) {
  return [respond = std::move(respond), make = std::move(make)](const Answer& answer) {
    if (answer.is_available) return respond({.body = make(answer).dump()});
    respond(failure(503, "unavailable", "The other nodes cannot be asked."));
  };
}

void refuse(const HttpRespond& respond, const RequestError& error) {
  respond(failure(400, error.code, error.message));
}

}  // namespace

void Api::sessions(const wskit::HttpRequest& request, HttpRespond respond) {
  auto read = read_parameters(request, {"user", "channel", "limit", "after"});
  if (const auto* error = std::get_if<RequestError>(&read)) return refuse(respond, *error);
  const auto& parameters = std::get<Parameters>(read);
  if (!parameters.user.empty() && !parameters.channel.empty()) {
    return refuse(respond, {"bad_request", "Either user or channel may be given, not both."});
  }
  server_.sessions({parameters.user, parameters.channel, parameters.after, parameters.limit},
                   respond_with<wskit::SessionPage>(std::move(respond), session_page_json));
}

void Api::channels(const wskit::HttpRequest& request, HttpRespond respond) {
  auto read = read_parameters(request, {"limit", "after"});
  if (const auto* error = std::get_if<RequestError>(&read)) return refuse(respond, *error);
  const auto& parameters = std::get<Parameters>(read);
  server_.channels({parameters.after, parameters.limit},
                   respond_with<wskit::ChannelPage>(std::move(respond), channel_page_json));
}

void Api::presence(const wskit::HttpRequest& request, HttpRespond respond) {
  auto read = read_parameters(request, {"channel"});
  if (const auto* error = std::get_if<RequestError>(&read)) return refuse(respond, *error);
  const std::string& channel = std::get<Parameters>(read).channel;
  if (channel.empty()) {
    return refuse(respond, {"bad_channel", "The channel name is missing or malformed."});
  }
  server_.sessions(presence_query(channel),
                   respond_with<wskit::SessionPage>(std::move(respond),
                                                    [channel](const wskit::SessionPage& page) {
                                                      return presence_json(channel, page);
                                                    }));
}

void Api::nodes(const wskit::HttpRequest& request, HttpRespond respond) {
  auto read = read_parameters(request, {});
  if (const auto* error = std::get_if<RequestError>(&read)) return refuse(respond, *error);
  server_.nodes(respond_with<wskit::NodeList>(std::move(respond), node_list_json));
}

void Api::disconnect(const wskit::HttpRequest& request, HttpRespond respond) {
  auto read = read_parameters(request, {"id", "user"});
  if (const auto* error = std::get_if<RequestError>(&read)) return refuse(respond, *error);
  const auto& parameters = std::get<Parameters>(read);
  if (parameters.id.empty() == parameters.user.empty()) {
    return refuse(respond, {"bad_request", "Either id or user is required."});
  }
  const auto done = [respond = std::move(respond)](const wskit::PublishResult& result) {
    respond(answer_to(result));
  };
  if (parameters.user.empty()) {
    server_.disconnect_session(parameters.id, done);
  } else {
    server_.disconnect_user(parameters.user, done);
  }
}
