#include "wsd/command_api.h"

#include <utility>
#include <vector>

#include <fmt/format.h>

#include <wskit/error.h>

#include "common/printable.h"

namespace {

using nlohmann::json;

/// Far over a thousand sessions with many channels each.
constexpr std::size_t kMaxAnswerBytes = 64 * 1024 * 1024;

constexpr int kOk = 200;
constexpr int kUnauthorized = 401;

/// A member of an answer's "error", or nothing.
std::string error_member(const json& answer, const char* name) {
  if (!answer.is_object()) return {};
  const auto error = answer.find("error");
  if (error == answer.end() || !error->is_object()) return {};
  const auto member = error->find(name);
  return member != error->end() && member->is_string() ? member->get<std::string>() : "";
}

std::string describe_refusal(const ApiPlace& place, const wskit::HttpResult& result,
                             const json& answer) {
  std::string message = error_member(answer, "message");
  if (message.empty()) {
    return fmt::format("{}: answers {}, not as wsd does", place.name, result.status);
  }
  if (message.ends_with('.')) message.pop_back();
  std::string text = fmt::format("{}: {} ({} {})", place.name, message, result.status,
                                 error_member(answer, "code"));
  if (result.status == kUnauthorized && place.key.empty()) {
    text += "; --api-key-file names the file that has one";
  }
  return text;
}

}  // namespace

json read_api_answer(const ApiPlace& place, const wskit::HttpResult& result) {
  if (result.status == 0) throw wskit::Error(printable_line(result.problem));
  json answer = json::parse(result.body, nullptr, false);
  if (result.status != kOk) {
    throw wskit::Error(printable_line(describe_refusal(place, result, answer)));
  }
  if (answer.is_discarded()) {
    throw wskit::Error(place.name + ": the answer is not one of wsd");
  }
  return answer;
}

std::string query_parameter(const std::string& name, const std::string& value) {
  constexpr std::string_view kPlain =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
  std::string text = name + "=";
  for (const char c : value) {
    if (kPlain.find(c) != std::string_view::npos) {
      text += c;
    } else {
      text += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return text;
}

CommandApi::CommandApi(const ApiPlace& place)
    : place_{place},
      client_{loop_,
              {.url = place.url, .unix_path = place.unix_path, .max_body_bytes = kMaxAnswerBytes}} {
}

json CommandApi::post(const std::string& target, std::string body) {
  return ask("POST", target, std::move(body));
}

json CommandApi::ask(const std::string& method, const std::string& target, std::string body) {
  wskit::HttpClientRequest request{.method = method, .target = target, .body = std::move(body)};
  if (method == "POST") request.headers.push_back({"Content-Type", "application/json"});
  if (!place_.key.empty()) request.headers.push_back({"Authorization", "Bearer " + place_.key});
  wskit::HttpResult result;
  client_.send(request, [this, &result](wskit::HttpResult got) {
    result = std::move(got);
    loop_.stop();
  });
  loop_.run();
  return read_api_answer(place_, result);
}
