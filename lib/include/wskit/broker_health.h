#pragma once

#include <cstdint>
#include <string>

namespace wskit {

/// Whether messages get through, and since when not.
struct BrokerHealth {
  bool is_ready = false;
  std::string reason;                ///< empty when ready; never a secret
  double probe_lag_seconds = 0;      ///< the last probe's way there and back
  std::uint64_t published = 0;       ///< accepted
  std::uint64_t publish_failed = 0;  ///< unavailable or unknown
  std::uint64_t received = 0;        ///< handed to this node
  std::uint64_t skipped = 0;         ///< received and not delivered: oversized or malformed
  std::uint64_t reconnects = 0;
  std::uint64_t gaps = 0;  ///< how often messages may have been missed
};

}  // namespace wskit
