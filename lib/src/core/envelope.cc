#include <algorithm>
#include <array>
#include <map>
#include <optional>

#include <wskit/base64.h>
#include <wskit/broker.h>
#include <wskit/publication.h>
#include <nlohmann/json.hpp>

#include "core/envelope_members.h"
#include "core/envelope_message.h"
#include "core/utf8.h"

namespace wskit {
namespace {

using nlohmann::json;

constexpr std::array<std::string_view, 7> kMembers{"all",  "user",   "channel",        "data",
                                                   "text", "base64", "idempotency_key"};

constexpr std::size_t kMaxKeyBytes = 200;

constexpr std::size_t kMaxPublications = 1000;

RequestError error(std::string code, std::string message) {
  return {std::move(code), std::move(message)};
}

std::variant<std::string, RequestError> read_channel(const JsonMembers& members) {
  if (const auto* all = members.find("all")) {
    if (*all != "true") return error("bad_request", "\"all\" must be true.");
    return std::string(kEveryone);
  }
  const bool is_user = members.find("user") != nullptr;
  const std::string member = is_user ? "user" : "channel";
  const json value = json::parse(*members.find(member));
  if (!value.is_string()) return error("bad_request", "\"" + member + "\" must be a string.");
  const auto& name = value.get_ref<const std::string&>();
  if (is_user) {
    if (!is_user_name(name)) return error("bad_user", "The user name is malformed.");
    return user_channel(name);
  }
  if (!is_channel_name(name)) return error("bad_channel", "The channel name is malformed.");
  return name;
}

std::size_t count_present(const JsonMembers& members,
                          std::initializer_list<std::string_view> names) {
  return static_cast<std::size_t>(std::ranges::count_if(
      names, [&](std::string_view name) { return members.find(name) != nullptr; }));
}

}  // namespace

std::variant<Message, RequestError> read_message(const JsonMembers& members) {
  if (count_present(members, {"data", "text", "base64"}) != 1) {
    return error("bad_request", "Exactly one of \"data\", \"text\" and \"base64\" is required.");
  }
  if (const auto* data = members.find("data")) return Message::json(*data);
  const bool is_text = members.find("text") != nullptr;
  const std::string member = is_text ? "text" : "base64";
  const json value = json::parse(*members.find(member));
  if (!value.is_string()) return error("bad_request", "\"" + member + "\" must be a string.");
  const auto& text = value.get_ref<const std::string&>();
  if (is_text) return Message::text(text);
  const auto bytes = base64_decode(text);
  if (!bytes) return error("bad_request", "\"base64\" is not base64.");
  return Message::binary(*bytes);
}

std::variant<Publication, RequestError> parse_publication(std::string_view text) {
  const auto members = JsonMembers::parse(text);
  if (!members) return error("bad_json", "The request is not one JSON object.");
  for (const auto& [name, value] : members->all()) {
    if (std::ranges::find(kMembers, name) == kMembers.end()) {
      return error("bad_request", "The request has a member that is not known.");
    }
  }
  if (count_present(*members, {"all", "user", "channel"}) != 1) {
    return error("bad_request", "Exactly one of \"all\", \"user\" and \"channel\" is required.");
  }
  auto channel = read_channel(*members);
  if (auto* problem = std::get_if<RequestError>(&channel)) return std::move(*problem);
  auto message = read_message(*members);
  if (auto* problem = std::get_if<RequestError>(&message)) return std::move(*problem);
  Publication publication{std::get<std::string>(std::move(channel)),
                          std::get<Message>(std::move(message))};
  if (const auto* key = members->find("idempotency_key")) {
    const json value = json::parse(*key);
    if (!value.is_string() || value.get_ref<const std::string&>().empty() ||
        value.get_ref<const std::string&>().size() > kMaxKeyBytes) {
      return error("bad_request", "\"idempotency_key\" must be a string of 1 to 200 bytes.");
    }
    publication.idempotency_key = value.get<std::string>();
  }
  return publication;
}

std::variant<std::vector<std::variant<Publication, RequestError>>, RequestError> parse_publications(
    std::string_view text) {
  const auto elements = json_elements(text);
  if (!elements) return error("bad_json", "The request is not one JSON array.");
  if (elements->size() > kMaxPublications) {
    return error("bad_request", "The request has too many messages.");
  }
  std::vector<std::variant<Publication, RequestError>> publications;
  for (const std::string_view element : *elements) {
    publications.push_back(parse_publication(element));
  }
  return publications;
}

}  // namespace wskit
