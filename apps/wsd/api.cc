#include "wsd/api.h"

#include <algorithm>
#include <array>
#include <memory>
#include <variant>
#include <vector>

#include <nlohmann/json.hpp>

#include <wskit/hmac.h>
#include <wskit/publication.h>

#include "wsd/api_parameters.h"
#include "wsd/api_responses.h"
#include "wsd/console.h"
#include "wsd/metrics_text.h"

namespace {

using nlohmann::json;
using wskit::HttpResponse;
using wskit::RequestError;

const RequestError kTooLarge{"too_large", "The message is over the limit."};

HttpResponse method_not_allowed(const std::string& allowed) {
  HttpResponse response = failure(405, "method_not_allowed", "Use " + allowed + ".");
  response.headers.push_back({"Allow", allowed});
  return response;
}

RequestError error_of(wskit::PublishStatus status) {
  switch (status) {
    case wskit::PublishStatus::conflict:
      return {"conflict", "Another message was published under this key."};
    case wskit::PublishStatus::unsupported:
      return {"unsupported", "This broker knows no idempotency keys."};
    case wskit::PublishStatus::unknown:
      return {"unknown", "The broker did not answer; the message may be delivered."};
    case wskit::PublishStatus::accepted:
    case wskit::PublishStatus::unavailable:
      break;
  }
  return {"unavailable", "The broker cannot be reached; nothing was published."};
}

int status_of(wskit::PublishStatus status) {
  switch (status) {
    case wskit::PublishStatus::accepted:
      return 200;
    case wskit::PublishStatus::conflict:
      return 409;
    case wskit::PublishStatus::unsupported:
      return 400;
    case wskit::PublishStatus::unavailable:
    case wskit::PublishStatus::unknown:
      break;
  }
  return 503;
}

json document_of(const RequestError& error) {
  return {{"error", {{"code", error.code}, {"message", error.message}}}};
}

json document_of(const wskit::PublishResult& result) {
  if (result.status != wskit::PublishStatus::accepted) return document_of(error_of(result.status));
  return {{"id", result.id.is_set() ? json(result.id.text()) : json{}}};
}

/// The answers to a batch, sent when the last one has come.
struct Batch {
  json results = json::array();
  std::size_t missing = 0;
  wskit::HttpRespond respond;

  void take(std::size_t index, json result) {
    results[index] = std::move(result);
    if (--missing == 0) respond({.body = results.dump()});
  }
};

}  // namespace

HttpResponse failure(int status, const std::string& code, const std::string& message) {
  return {.status = status, .body = json{{"error", {{"code", code}, {"message", message}}}}.dump()};
}

HttpResponse answer_to(const wskit::PublishResult& result) {
  return {.status = status_of(result.status), .body = document_of(result).dump()};
}

void Api::handle(wskit::HttpRequest request, wskit::HttpRespond respond) {
  struct Endpoint {
    std::string_view path;
    std::string_view method;  ///< GET stands for HEAD, too
    void (Api::*serve)(const wskit::HttpRequest&, wskit::HttpRespond);
  };
  constexpr std::array<Endpoint, 14> kEndpoints{{
      {"/api/v1/publish", "POST", &Api::publish},
      {"/api/v1/batch", "POST", &Api::batch},
      {"/api/v1/history", "GET", &Api::history},
      {"/api/v1/sessions", "GET", &Api::sessions},
      {"/api/v1/sessions", "DELETE", &Api::disconnect},
      {"/api/v1/channels", "GET", &Api::channels},
      {"/api/v1/presence", "GET", &Api::presence},
      {"/api/v1/nodes", "GET", &Api::nodes},
      {"/api/v1/live", "GET", &Api::live},
      {"/api/v1/drain", "POST", &Api::drain},
      {"/api/v1/reload", "POST", &Api::reload},
      {"/health/live", "GET", &Api::liveness},
      {"/health/ready", "GET", &Api::readiness},
      {"/metrics", "GET", &Api::metrics},
  }};
  // Not a string, which would end with this line.
  const std::string_view method =
      request.method == "HEAD" ? std::string_view{"GET"} : std::string_view{request.method};
  if (auto page = console_answer(request.path)) {
    return respond(method == "GET" ? std::move(*page) : method_not_allowed("GET, HEAD"));
  }
  std::string allowed;
  for (const Endpoint& endpoint : kEndpoints) {
    if (endpoint.path != request.path) continue;
    if (endpoint.method != method) {
      allowed.append(allowed.empty() ? "" : ", ").append(endpoint.method);
      if (endpoint.method == "GET") allowed += ", HEAD";
      continue;
    }
    if (request.path.starts_with("/api/") && !is_authorized(request)) {
      HttpResponse refusal = failure(401, "unauthorized", "A valid key is required.");
      refusal.headers.push_back({"WWW-Authenticate", "Bearer"});
      return respond(std::move(refusal));
    }
    if (method == "POST" && request.content_type != "application/json") {
      return respond(
          failure(415, "unsupported_media_type", "Content-Type must be application/json."));
    }
    return (this->*endpoint.serve)(request, std::move(respond));
  }
  if (!allowed.empty()) return respond(method_not_allowed(allowed));
  respond(failure(404, "not_found", "There is nothing here."));
}

bool Api::is_authorized(const wskit::HttpRequest& request) const {
  constexpr std::string_view kBearer = "Bearer ";
  if (options_.api_keys.empty()) return true;
  const std::string_view authorization = request.authorization;
  const std::string_view key =
      authorization.starts_with(kBearer) ? authorization.substr(kBearer.size()) : request.api_key;
  // All are compared, so that the time does not say which.
  const auto matching = std::ranges::count_if(
      options_.api_keys, [&](const std::string& each) { return wskit::is_same_secret(each, key); });
  return matching > 0;
}

void Api::publish(const wskit::HttpRequest& request, wskit::HttpRespond respond) {
  auto parsed = wskit::parse_publication(request.body);
  if (const auto* error = std::get_if<RequestError>(&parsed)) {
    return respond(failure(400, error->code, error->message));
  }
  auto& publication = std::get<wskit::Publication>(parsed);
  if (is_too_large(publication)) return respond(failure(413, kTooLarge.code, kTooLarge.message));
  server_.publish(std::move(publication),
                  [respond = std::move(respond)](const wskit::PublishResult& result) {
                    respond(answer_to(result));
                  });
}

void Api::batch(const wskit::HttpRequest& request, wskit::HttpRespond respond) {
  using Publications = std::vector<std::variant<wskit::Publication, RequestError>>;
  auto parsed = wskit::parse_publications(request.body);
  if (const auto* error = std::get_if<RequestError>(&parsed)) {
    return respond(failure(400, error->code, error->message));
  }
  auto& publications = std::get<Publications>(parsed);
  if (publications.empty()) return respond({.body = "[]"});
  auto batch = std::make_shared<Batch>();
  batch->missing = publications.size();
  batch->results.get_ref<json::array_t&>().resize(publications.size());
  batch->respond = std::move(respond);
  for (std::size_t index = 0; index < publications.size(); ++index) {
    if (const auto* error = std::get_if<RequestError>(&publications[index])) {
      batch->take(index, document_of(*error));
      continue;
    }
    auto& publication = std::get<wskit::Publication>(publications[index]);
    if (is_too_large(publication)) {
      batch->take(index, document_of(kTooLarge));
      continue;
    }
    server_.publish(std::move(publication), [batch, index](const wskit::PublishResult& result) {
      batch->take(index, document_of(result));
    });
  }
}

void Api::history(const wskit::HttpRequest& request, wskit::HttpRespond respond) {
  auto parsed = read_parameters(request, {"channel", "limit", "before"}, wskit::is_deliverable);
  if (const auto* error = std::get_if<RequestError>(&parsed)) {
    return respond(failure(400, error->code, error->message));
  }
  const auto& parameters = std::get<ApiParameters>(parsed);
  if (parameters.channel.empty()) {
    return respond(failure(400, "bad_channel", "The channel name is missing."));
  }
  if (!broker_.has_log()) {
    return respond(failure(400, "unsupported", "This broker keeps no messages."));
  }
  wskit::HistoryQuery query{.channel = parameters.channel, .before = parameters.before};
  if (parameters.limit) query.limit = *parameters.limit;
  server_.history(std::move(query),
                  [respond = std::move(respond)](const wskit::HistoryAnswer& answer) {
                    if (answer.is_available) {
                      return respond({.body = wskit::history_object(answer)});
                    }
                    respond(failure(503, "unavailable", "The broker cannot be reached."));
                  });
}

bool Api::is_too_large(const wskit::Publication& publication) const {
  return publication.message.payload().size() > options_.limits.max_message_bytes;
}

void Api::live(const wskit::HttpRequest&, wskit::HttpRespond respond) {
  live_stats_.watch(respond);
}

void Api::drain(const wskit::HttpRequest&, wskit::HttpRespond respond) {
  if (!server_.is_draining()) {
    log_.info("draining");
    server_.drain(options_.drain_time, [this] { log_.info("drained"); });
  }
  respond({.body = R"({"status":"draining"})"});
}

void Api::reload(const wskit::HttpRequest&, wskit::HttpRespond respond) {
  const ReloadResult result = reload_();
  if (!result.problem.empty()) {
    return respond(failure(400, "bad_configuration", result.problem));
  }
  respond({.body = json{{"status", "reloaded"},
                        {"changed", result.changed},
                        {"restart_needed", result.restart_needed}}
                       .dump()});
}

void Api::liveness(const wskit::HttpRequest&, wskit::HttpRespond respond) {
  respond({.body = R"({"status":"live"})"});
}

void Api::readiness(const wskit::HttpRequest&, wskit::HttpRespond respond) {
  wskit::BrokerHealth health = broker_.health();
  if (server_.is_draining()) {
    health.is_ready = false;
    health.reason = "draining";
  }
  if (health.is_ready) return respond({.body = R"({"status":"ready"})"});
  respond({.status = 503, .body = json{{"status", "not ready"}, {"reason", health.reason}}.dump()});
}

void Api::metrics(const wskit::HttpRequest&, wskit::HttpRespond respond) {
  server_.collect([this, respond = std::move(respond)](const wskit::ServerStats& stats) {
    const std::optional<HookStats> hooks =
        hooks_ != nullptr ? std::optional{hooks_->stats()} : std::nullopt;
    respond({.body = metrics_text(stats, broker_.name(), broker_.health(), permissions_,
                                  hooks ? &*hooks : nullptr, server_.certificate()),
             .content_type = "text/plain; version=0.0.4; charset=utf-8"});
  });
}
