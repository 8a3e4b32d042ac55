// A publisher's JSON: what is accepted has a sound channel and carries its data verbatim.

#include <cstdint>

#include <wskit/broker.h>
#include <wskit/publication.h>

#include "core/check.h"
#include "core/envelope_members.h"
#include "core/utf8.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view text{reinterpret_cast<const char*>(bytes), size};
  const auto members = wskit::JsonMembers::parse(text);
  const auto parsed = wskit::parse_publication(text);
  if (const auto* error = std::get_if<wskit::RequestError>(&parsed)) {
    WSKIT_CHECK(!error->code.empty() && wskit::is_utf8(error->message));
    return 0;
  }
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
  return 0;
}
