// Who is connected where, and ending sessions.

#include <variant>

#include <wskit/channel.h>
#include <wskit/publication.h>

#include "wsd/api.h"
#include "wsd/api_parameters.h"
#include "wsd/api_responses.h"
#include "wsd/directory_json.h"

namespace {

using wskit::HttpRespond;
using wskit::RequestError;

constexpr std::size_t kDefaultLimit = 100;

auto read(const wskit::HttpRequest& request, std::initializer_list<std::string_view> known) {
  return read_parameters(request, known, wskit::is_channel_name);
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
  auto parsed = read(request, {"user", "channel", "limit", "after"});
  if (const auto* error = std::get_if<RequestError>(&parsed)) return refuse(respond, *error);
  const auto& parameters = std::get<ApiParameters>(parsed);
  if (!parameters.user.empty() && !parameters.channel.empty()) {
    return refuse(respond, {"bad_request", "Either user or channel may be given, not both."});
  }
  server_.sessions({parameters.user, parameters.channel, parameters.after,
                    parameters.limit.value_or(kDefaultLimit)},
                   respond_with<wskit::SessionPage>(std::move(respond), session_page_json));
}

void Api::channels(const wskit::HttpRequest& request, HttpRespond respond) {
  auto parsed = read(request, {"limit", "after"});
  if (const auto* error = std::get_if<RequestError>(&parsed)) return refuse(respond, *error);
  const auto& parameters = std::get<ApiParameters>(parsed);
  server_.channels({parameters.after, parameters.limit.value_or(kDefaultLimit)},
                   respond_with<wskit::ChannelPage>(std::move(respond), channel_page_json));
}

void Api::presence(const wskit::HttpRequest& request, HttpRespond respond) {
  auto parsed = read(request, {"channel"});
  if (const auto* error = std::get_if<RequestError>(&parsed)) return refuse(respond, *error);
  const std::string& channel = std::get<ApiParameters>(parsed).channel;
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
  auto parsed = read(request, {});
  if (const auto* error = std::get_if<RequestError>(&parsed)) return refuse(respond, *error);
  server_.nodes(respond_with<wskit::NodeList>(std::move(respond), node_list_json));
}

void Api::disconnect(const wskit::HttpRequest& request, HttpRespond respond) {
  auto parsed = read(request, {"id", "user"});
  if (const auto* error = std::get_if<RequestError>(&parsed)) return refuse(respond, *error);
  const auto& parameters = std::get<ApiParameters>(parsed);
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
