#include "wsd/api.h"

#include <algorithm>
#include <array>

#include <nlohmann/json.hpp>

#include <wskit/publication.h>

#include "wsd/metrics_text.h"

namespace {

using nlohmann::json;
using wskit::HttpResponse;

HttpResponse failure(int status, const std::string& code, const std::string& message) {
  return {.status = status, .body = json{{"error", {{"code", code}, {"message", message}}}}.dump()};
}

HttpResponse method_not_allowed(const std::string& allowed) {
  HttpResponse response = failure(405, "method_not_allowed", "Use " + allowed + ".");
  response.headers.push_back({"Allow", allowed});
  return response;
}

HttpResponse answer_to(const wskit::PublishResult& result) {
  switch (result.status) {
    case wskit::PublishStatus::accepted:
      return {.body = json{{"id", result.id.is_set() ? json(result.id.text()) : json{}}}.dump()};
    case wskit::PublishStatus::unavailable:
      return failure(503, "unavailable", "The broker cannot be reached; nothing was published.");
    case wskit::PublishStatus::conflict:
      return failure(409, "conflict", "Another message was published under this key.");
    case wskit::PublishStatus::unsupported:
      return failure(400, "unsupported", "This broker knows no idempotency keys.");
    case wskit::PublishStatus::unknown:
      break;
  }
  return failure(503, "unknown", "The broker did not answer; the message may be delivered.");
}

bool is_read(const wskit::HttpRequest& request) {
  return request.method == "GET" || request.method == "HEAD";
}

}  // namespace

void Api::handle(wskit::HttpRequest request, wskit::HttpRespond respond) {
  if (request.path == "/api/v1/publish") {
    if (request.method != "POST") return respond(method_not_allowed("POST"));
    return publish(request, std::move(respond));
  }
  constexpr std::array<std::string_view, 3> kReadable{"/health/live", "/health/ready", "/metrics"};
  if (std::ranges::find(kReadable, request.path) == kReadable.end()) {
    return respond(failure(404, "not_found", "There is nothing here."));
  }
  if (!is_read(request)) return respond(method_not_allowed("GET, HEAD"));
  if (request.path == "/health/live") return respond({.body = R"({"status":"live"})"});
  if (request.path == "/health/ready") return respond(readiness());
  metrics(std::move(respond));
}

void Api::publish(const wskit::HttpRequest& request, wskit::HttpRespond respond) {
  if (request.content_type != "application/json") {
    return respond(
        failure(415, "unsupported_media_type", "Content-Type must be application/json."));
  }
  auto parsed = wskit::parse_publication(request.body);
  if (const auto* error = std::get_if<wskit::RequestError>(&parsed)) {
    return respond(failure(400, error->code, error->message));
  }
  auto& publication = std::get<wskit::Publication>(parsed);
  if (publication.message.payload().size() > max_message_bytes_) {
    return respond(failure(413, "too_large", "The message is over the limit."));
  }
  server_.publish(std::move(publication),
                  [respond = std::move(respond)](const wskit::PublishResult& result) {
                    respond(answer_to(result));
                  });
}

HttpResponse Api::readiness() const {
  const wskit::BrokerHealth health = broker_.health();
  if (health.is_ready) return {.body = R"({"status":"ready"})"};
  return {.status = 503, .body = json{{"status", "not ready"}, {"reason", health.reason}}.dump()};
}

void Api::metrics(wskit::HttpRespond respond) {
  server_.collect([this, respond = std::move(respond)](const wskit::ServerStats& stats) {
    respond({.body = metrics_text(stats, broker_.name(), broker_.health(), permissions_),
             .content_type = "text/plain; version=0.0.4; charset=utf-8"});
  });
}
