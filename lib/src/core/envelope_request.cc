#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <wskit/channel.h>
#include <wskit/client_request.h>

#include "core/envelope_members.h"
#include "core/envelope_message.h"

namespace wskit {
namespace {

using nlohmann::json;
using Type = ClientRequest::Type;

constexpr std::size_t kMaxRefBytes = 128;
constexpr std::size_t kMaxLimit = 1000;

struct RequestShape {
  std::string_view name;
  Type type;
  bool has_channel;
  std::string_view others;  ///< members besides type, ref and channel, each after a space
};

constexpr std::array<RequestShape, 7> kShapes{{
    {"subscribe", Type::subscribe, true, " since"},
    {"unsubscribe", Type::unsubscribe, true, ""},
    {"publish", Type::publish, true, " data text base64"},
    {"history", Type::history, true, " limit before"},
    {"presence", Type::presence, true, ""},
    {"refresh", Type::refresh, false, " token"},
    {"ping", Type::ping, false, ""},
}};

/// Thrown inside this file only: the first thing wrong ends the reading.
struct Problem {
  RequestError error;
};

[[noreturn]] void reject(std::string code, std::string message) {
  throw Problem{{std::move(code), std::move(message)}};
}

std::string read_string(const JsonMembers& members, std::string_view name) {
  const auto* const text = members.find(name);
  if (text == nullptr) reject("bad_request", fmt::format("\"{}\" is missing.", name));
  const json value = json::parse(*text);
  if (!value.is_string()) reject("bad_request", fmt::format("\"{}\" must be a string.", name));
  return value.get<std::string>();
}

std::string read_ref(const JsonMembers& members) {
  const auto* const ref = members.find("ref");
  if (ref == nullptr) return {};
  const char first = ref->front();
  const bool is_plain = first == '"' || first == '-' || (first >= '0' && first <= '9');
  if (!is_plain || ref->size() > kMaxRefBytes) {
    reject("bad_request", "\"ref\" must be a short string or a number.");
  }
  return std::string(*ref);
}

std::optional<MessageId> read_id(const JsonMembers& members, std::string_view name) {
  if (members.find(name) == nullptr) return std::nullopt;
  const auto id = MessageId::parse(read_string(members, name));
  if (!id) reject("bad_request", fmt::format("\"{}\" is not an id.", name));
  return id;
}

std::size_t read_limit(const JsonMembers& members) {
  const auto* const text = members.find("limit");
  if (text == nullptr) return ClientRequest{}.limit;
  const json value = json::parse(*text);
  if (!value.is_number_unsigned() || value < 1U || value > kMaxLimit) {
    reject("bad_request", fmt::format("\"limit\" must be a number from 1 to {}.", kMaxLimit));
  }
  return value.get<std::size_t>();
}

const RequestShape& read_shape(const JsonMembers& members) {
  const std::string type = read_string(members, "type");
  const auto* const shape = std::ranges::find(kShapes, type, &RequestShape::name);
  if (shape == kShapes.end()) reject("bad_request", "\"type\" is not known.");
  for (const auto& [name, value] : members.all()) {
    const bool is_known =
        name == "type" || name == "ref" || (name == "channel" && shape->has_channel) ||
        fmt::format("{} ", shape->others).find(fmt::format(" {} ", name)) != std::string::npos;
    if (!is_known) reject("bad_request", "The request has a member that is not known.");
  }
  return *shape;
}

void read(const JsonMembers& members, ClientRequest& request) {
  request.ref = read_ref(members);
  const RequestShape& shape = read_shape(members);
  request.type = shape.type;
  if (shape.has_channel) {
    request.channel = read_string(members, "channel");
    if (!is_channel_name(request.channel)) {
      reject("bad_channel", "The channel name is malformed.");
    }
  }
  request.since = read_id(members, "since");
  request.before = read_id(members, "before");
  request.limit = read_limit(members);
  if (request.type == Type::refresh) request.token = read_string(members, "token");
  if (request.type != Type::publish) return;
  auto message = read_message(members);
  if (auto* error = std::get_if<RequestError>(&message)) throw Problem{std::move(*error)};
  request.message = std::get<Message>(std::move(message));
}

std::string ref_member(const std::string& ref) {
  return ref.empty() ? std::string{} : R"("ref":)" + ref + ",";
}

}  // namespace

std::variant<ClientRequest, ClientRequestError> parse_client_request(const MessageView& message) {
  const auto members =
      message.opcode == Opcode::text ? JsonMembers::parse(message.payload) : std::nullopt;
  if (!members) return ClientRequestError{{}, {"bad_json", "The message is not one JSON object."}};
  ClientRequest request;
  try {
    read(*members, request);
  } catch (Problem& problem) {
    return ClientRequestError{std::move(request.ref), std::move(problem.error)};
  }
  return request;
}

std::string reply_object(const std::string& ref, const std::string& result) {
  return fmt::format(R"({{"type":"reply",{}"result":{}}})", ref_member(ref), result);
}

std::string error_object(const std::string& ref, const RequestError& error) {
  return fmt::format(R"({{"type":"reply",{}"error":{}}})", ref_member(ref),
                     json{{"code", error.code}, {"message", error.message}}.dump());
}

}  // namespace wskit
