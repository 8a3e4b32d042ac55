// A client's request is refused, or is what it says: valid names, and bytes that are JSON where
// they are sent back as such.

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <wskit/channel.h>
#include <wskit/client_request.h>

#include "core/check.h"
#include "core/envelope_members.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  const auto parsed = wskit::parse_client_request({wskit::Opcode::text, text});
  if (const auto* refused = std::get_if<wskit::ClientRequestError>(&parsed)) {
    WSKIT_CHECK(wskit::is_json(wskit::error_object(refused->ref, refused->error)));
    return 0;
  }
  const auto& request = std::get<wskit::ClientRequest>(parsed);
  WSKIT_CHECK(wskit::is_json(wskit::reply_object(request.ref, "{}")));
  WSKIT_CHECK(request.channel.empty() || wskit::is_channel_name(request.channel));
  WSKIT_CHECK(request.limit >= 1 && request.limit <= 1000);
  if (request.message && request.message->is_json()) {
    WSKIT_CHECK(wskit::is_json(request.message->payload()));
  }
  return 0;
}
