#include "wsd/json_handler.h"

#include <any>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <wskit/loop.h>
#include <wskit/publication.h>
#include <wskit/session_registry.h>

#include "wsd/directory_json.h"
#include "wsd/dispatch_handler.h"

namespace {

using nlohmann::json;
using wskit::ClientRequest;
using wskit::RequestError;

/// What is not JSON, so many times in a row, is no client of this protocol.
constexpr int kMaxMalformed = 5;

/// Heartbeats a client should send within the idle timeout.
constexpr int kHeartbeatsPerTimeout = 3;

/// A session's own, between its messages.
struct JsonState {
  int malformed_count = 0;
  std::size_t subscription_count = 0;
};

JsonState& state_of(wskit::Session& session) {
  std::any& state = session.state();
  if (!state.has_value()) state.emplace<JsonState>();
  return *std::any_cast<JsonState>(&state);
}

void send(wskit::Session& session, const std::string& object) {
  // A session that does not read its answers ends by its queue limit.
  static_cast<void>(session.send({wskit::Opcode::text, object}));
}

void fail(wskit::Session& session, const std::string& ref, RequestError error) {
  send(session, wskit::error_object(ref, error));
}

/// A function that sends what `make` gives to the session, if that is still there, from any thread.
template <typename Result>
std::function<void(Result)> reply_later(wskit::Session& session,
                                        std::function<std::string(const Result&)> make) {
  return [&loop = session.loop(), &registry = session.registry(), id = session.id(),
          make = std::move(make)](const Result& result) {
    loop.post([&registry, id, object = make(result)] {
      if (wskit::Session* const found = registry.find(id)) send(*found, object);
    });
  };
}

std::string publish_reply(const std::string& ref, const wskit::PublishResult& result) {
  if (result.status == wskit::PublishStatus::accepted) {
    const json id = result.id.is_set() ? json(result.id.text()) : json{};
    return wskit::reply_object(ref, json{{"id", id}}.dump());
  }
  if (result.status == wskit::PublishStatus::unknown) {
    return wskit::error_object(ref, {"unknown", "The message may be delivered."});
  }
  return wskit::error_object(ref, {"unavailable", "Nothing was published."});
}

std::string history_reply(const std::string& ref, const wskit::HistoryAnswer& answer) {
  if (!answer.is_available) {
    return wskit::error_object(ref, {"unavailable", "The log cannot be read."});
  }
  return wskit::reply_object(ref, wskit::history_object(answer));
}

std::string presence_reply(const std::string& ref, const std::string& channel,
                           const wskit::SessionPage& page) {
  if (!page.is_available) {
    return wskit::error_object(ref, {"unavailable", "The other nodes cannot be asked."});
  }
  return wskit::reply_object(ref, presence_json(channel, page).dump());
}

}  // namespace

void JsonHandler::on_open(wskit::Session& session) {
  subscribe_as_asked(session);
  state_of(session).subscription_count = session.registry().channels(session.id()).size();
  json welcome{{"type", "welcome"},
               {"session", session.name()},
               {"user", session.user()},
               {"node", server_->node()},
               {"heartbeat_ms", session.limits().idle_timeout.count() / kHeartbeatsPerTimeout}};
  if (const auto cursor = session.cursor()) welcome["cursor"] = cursor->text();
  send(session, welcome.dump());
  resume_as_asked(session);
}

void JsonHandler::on_message(wskit::Session& session, const wskit::MessageView& message) {
  auto parsed = wskit::parse_client_request(message);
  if (auto* request = std::get_if<ClientRequest>(&parsed)) {
    state_of(session).malformed_count = 0;
    return handle(session, *request);
  }
  auto& error = std::get<wskit::ClientRequestError>(parsed);
  const bool is_json = error.error.code != "bad_json";
  fail(session, error.ref, std::move(error.error));
  int& malformed_count = state_of(session).malformed_count;
  malformed_count = is_json ? 0 : malformed_count + 1;
  if (malformed_count == kMaxMalformed) {
    session.close({wskit::close_code::invalid_payload, "messages are not JSON objects"});
  }
}

void JsonHandler::handle(wskit::Session& session, ClientRequest& request) {
  switch (request.type) {
    case ClientRequest::Type::subscribe:
      return subscribe(session, request);
    case ClientRequest::Type::unsubscribe:
      return unsubscribe(session, request);
    case ClientRequest::Type::publish:
      return publish(session, request);
    case ClientRequest::Type::history:
      return history(session, request);
    case ClientRequest::Type::presence:
      return presence(session, request);
    case ClientRequest::Type::refresh:
      return refresh(session, request);
    case ClientRequest::Type::ping: {
      const std::string ref = request.ref.empty() ? "" : R"(,"ref":)" + request.ref;
      return send(session, R"({"type":"pong")" + ref + "}");
    }
  }
}

void JsonHandler::subscribe(wskit::Session& session, const ClientRequest& request) {
  if (!permissions_.may_subscribe(request.channel, session.user())) {
    return fail(session, request.ref, {"forbidden", "You may not subscribe to this channel."});
  }
  if (request.since && !has_log_) {
    return fail(session, request.ref, {"unsupported", "This server keeps no messages."});
  }
  std::size_t& count = state_of(session).subscription_count;
  if (count >= kMaxChannels) {
    return fail(session, request.ref, {"too_many", "The session has too many subscriptions."});
  }
  // A replay begins in a later turn: the reply comes first.
  if (!session.subscribe(request.channel, request.since)) {
    return fail(session, request.ref, {"subscribed", "The session is subscribed already."});
  }
  ++count;
  json result = json::object();
  if (const auto cursor = session.cursor()) result["cursor"] = cursor->text();
  send(session, wskit::reply_object(request.ref, result.dump()));
}

void JsonHandler::unsubscribe(wskit::Session& session, const ClientRequest& request) {
  if (!session.unsubscribe(request.channel)) {
    return fail(session, request.ref, {"not_subscribed", "The session is not subscribed."});
  }
  --state_of(session).subscription_count;
  send(session, wskit::reply_object(request.ref, "{}"));
}

void JsonHandler::publish(wskit::Session& session, ClientRequest& request) {
  if (!permissions_.may_publish(request.channel, session.user())) {
    return fail(session, request.ref, {"forbidden", "You may not publish to this channel."});
  }
  server_->publish({std::move(request.channel), std::move(*request.message)},
                   reply_later<wskit::PublishResult>(
                       session, [ref = std::move(request.ref)](const wskit::PublishResult& result) {
                         return publish_reply(ref, result);
                       }));
}

void JsonHandler::history(wskit::Session& session, const ClientRequest& request) {
  if (!permissions_.may_subscribe(request.channel, session.user())) {
    return fail(session, request.ref, {"forbidden", "You may not read this channel."});
  }
  if (!has_log_) {
    return fail(session, request.ref, {"unsupported", "This server keeps no messages."});
  }
  server_->history({request.channel, request.before, request.limit},
                   reply_later<wskit::HistoryAnswer>(
                       session, [ref = request.ref](const wskit::HistoryAnswer& answer) {
                         return history_reply(ref, answer);
                       }));
}

void JsonHandler::presence(wskit::Session& session, const ClientRequest& request) {
  if (!permissions_.may_subscribe(request.channel, session.user())) {
    return fail(session, request.ref, {"forbidden", "You may not see this channel."});
  }
  server_->sessions(
      presence_query(request.channel),
      reply_later<wskit::SessionPage>(
          session, [ref = request.ref, channel = request.channel](const wskit::SessionPage& page) {
            return presence_reply(ref, channel, page);
          }));
}

void JsonHandler::refresh(wskit::Session& session, const ClientRequest& request) {
  // The token is the user's name, which cannot change within a session.
  if (request.token != session.user()) {
    return fail(session, request.ref, {"forbidden", "The token is another user's."});
  }
  send(session, wskit::reply_object(request.ref, "{}"));
}
