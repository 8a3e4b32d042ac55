#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <variant>

#include <wskit/export.h>
#include <wskit/message.h>
#include <wskit/message_id.h>
#include <wskit/publication.h>

namespace wskit {

/// What a client of wskit.v1.json asks for.
struct ClientRequest {
  enum class Type { subscribe, unsubscribe, publish, history, presence, refresh, ping };
  Type type = Type::ping;
  std::string ref;      ///< JSON, a number or a string, to be sent back; may be empty
  std::string channel;  ///< a valid name, unless the type has none
  std::optional<MessageId> since;
  std::optional<MessageId> before;
  std::optional<Message> message;
  std::size_t limit = 50;  ///< 1 to 1000
  std::string token;
};

struct ClientRequestError {
  std::string ref;
  RequestError error;
};

/// Reads one message of a client.
WSKIT_API std::variant<ClientRequest, ClientRequestError> parse_client_request(
    const MessageView& message);

/// `{"type":"reply","ref":…,"result":…}`; `result` is JSON.
WSKIT_API std::string reply_object(const std::string& ref, const std::string& result);

/// `{"type":"reply","ref":…,"error":…}`
WSKIT_API std::string error_object(const std::string& ref, const RequestError& error);

}  // namespace wskit
