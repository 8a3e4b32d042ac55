#pragma once

#include <cstdint>
#include <string>

#include <wskit/export.h>

namespace wskit {

/// Codes of RFC 6455 section 7.4.1 and of its registry, and wskit's own from 4000 on.
namespace close_code {
inline constexpr std::uint16_t normal = 1000;
inline constexpr std::uint16_t going_away = 1001;
inline constexpr std::uint16_t protocol_error = 1002;
inline constexpr std::uint16_t unsupported_data = 1003;
inline constexpr std::uint16_t no_status = 1005;  ///< never sent: the Close frame was empty
inline constexpr std::uint16_t abnormal = 1006;   ///< never sent: the connection just ended
inline constexpr std::uint16_t invalid_payload = 1007;
inline constexpr std::uint16_t policy_violation = 1008;
inline constexpr std::uint16_t too_big = 1009;
inline constexpr std::uint16_t internal_error = 1011;
inline constexpr std::uint16_t service_restart = 1012;
inline constexpr std::uint16_t try_again_later = 1013;
inline constexpr std::uint16_t idle = 4408;    ///< no byte came for the idle timeout
inline constexpr std::uint16_t gap = 4410;     ///< messages were missed: connect without `since`
inline constexpr std::uint16_t kicked = 4499;  ///< an administrator or the application ended it

/// Whether a Close frame may say it (RFC 6455 section 7.4).
WSKIT_API bool may_be_sent(unsigned code);
}  // namespace close_code

/// Why a connection ended, as the first Close frame said it (RFC 6455 section 7.1.5, 7.1.6).
struct CloseStatus {
  std::uint16_t code = close_code::no_status;
  std::string reason;  ///< UTF-8, at most 123 bytes; what is longer is cut when sent

  bool operator==(const CloseStatus&) const = default;
};

}  // namespace wskit
