#pragma once

#include <string>
#include <string_view>

namespace wskit {

/// Sec-WebSocket-Accept for a Sec-WebSocket-Key (RFC 6455 section 4.2.2, step 5.4).
std::string websocket_accept(std::string_view key);

}  // namespace wskit
