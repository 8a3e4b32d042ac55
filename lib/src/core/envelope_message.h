#pragma once

#include <variant>

#include <wskit/message.h>
#include <wskit/publication.h>

#include "core/envelope_members.h"

namespace wskit {

/// Reads exactly one of `data`, `text` and `base64`.
std::variant<Message, RequestError> read_message(const JsonMembers& members);

}  // namespace wskit
