// A publisher's body, one message or a batch: what is accepted has a sound channel and carries its
// data verbatim, and a message means the same in a batch.

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <wskit/broker.h>
#include <wskit/publication.h>

#include "core/check.h"
#include "core/envelope_members.h"
#include "core/utf8.h"

namespace {

using Parsed = std::variant<wskit::Publication, wskit::RequestError>;

void check(std::string_view text, const Parsed& parsed) {
  if (const auto* error = std::get_if<wskit::RequestError>(&parsed)) {
    WSKIT_CHECK(!error->code.empty() && wskit::is_utf8(error->message));
    return;
  }
  const auto members = wskit::JsonMembers::parse(text);
  WSKIT_CHECK(members);
  const auto& [channel, message, key] = std::get<wskit::Publication>(parsed);
  WSKIT_CHECK(key.size() <= 200);
  WSKIT_CHECK(channel == "*" || wskit::is_channel_name(channel) ||
              (channel.starts_with('@') && wskit::is_user_name(channel.substr(1))));
  if (message.opcode() == wskit::Opcode::text) WSKIT_CHECK(wskit::is_utf8(message.payload()));
  if (const auto* data = members->find("data")) {
    WSKIT_CHECK(message.payload() == *data);
    // The data alone must be one JSON value, or the scanner lost its way.
    std::string wrapped = R"({"all":true,"data":)";
    wrapped.append(*data).append("}");
    const auto again = wskit::parse_publication(wrapped);
    WSKIT_CHECK(std::get<wskit::Publication>(again).message.payload() == *data);
  }
}

bool are_alike(const Parsed& one, const Parsed& other) {
  if (one.index() != other.index()) return false;
  if (const auto* error = std::get_if<wskit::RequestError>(&one)) {
    return error->code == std::get<wskit::RequestError>(other).code;
  }
  const auto& publication = std::get<wskit::Publication>(one);
  const auto& twin = std::get<wskit::Publication>(other);
  return publication.channel == twin.channel &&
         publication.message.opcode() == twin.message.opcode() &&
         publication.message.payload() == twin.message.payload() &&
         publication.idempotency_key == twin.idempotency_key;
}

void check_batch(std::string_view text) {
  const auto parsed = wskit::parse_publications(text);
  if (const auto* error = std::get_if<wskit::RequestError>(&parsed)) {
    WSKIT_CHECK(!error->code.empty() && wskit::is_utf8(error->message));
    return;
  }
  const auto& results = std::get<std::vector<Parsed>>(parsed);
  const auto elements = wskit::json_elements(text);
  WSKIT_CHECK(elements && elements->size() == results.size() && results.size() <= 1000);
  for (std::size_t i = 0; i < results.size(); ++i) {
    check((*elements)[i], results[i]);
    WSKIT_CHECK(are_alike(results[i], wskit::parse_publication((*elements)[i])));
  }
}

/// Two of what is one message are a batch of two, unless that is nested too deeply.
void check_twins(std::string_view text, const Parsed& parsed) {
  if (std::holds_alternative<wskit::RequestError>(parsed)) return;
  std::string batch = "[";
  batch.append(text).append(",").append(text).append("]");
  const auto again = wskit::parse_publications(batch);
  if (!wskit::is_json(batch)) return;
  const auto& twins = std::get<std::vector<Parsed>>(again);
  WSKIT_CHECK(twins.size() == 2 && are_alike(twins[0], parsed) && are_alike(twins[1], parsed));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view text{reinterpret_cast<const char*>(bytes), size};
  const auto parsed = wskit::parse_publication(text);
  check(text, parsed);
  check_batch(text);
  check_twins(text, parsed);
  return 0;
}
