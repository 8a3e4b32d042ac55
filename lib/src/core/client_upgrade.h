#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include <wskit/client.h>

#include "core/compression.h"
#include "core/http_upgrade.h"

namespace wskit {

/// The client's side of one opening handshake (RFC 6455 section 4.1), from bytes to an answer.
class ClientUpgrade {
 public:
  static constexpr std::size_t kMaxBodyBytes = 64 * 1024;

  enum class Progress {
    needs_more,
    needs_body,  ///< refused; what the server says about it is still coming
    open,        ///< response() and rest() are there
    failed,      ///< error() is there
  };

  /// `expected_accept` belongs to the offer's key.
  ClientUpgrade(UpgradeOffer offer, std::string expected_accept);

  std::string request() const { return build_upgrade_request(offer_); }

  Progress feed(std::string_view bytes);

  /// Gives up waiting: for the rest of a refusal's body, or, before that, for an answer.
  void end(ConnectFailure failure, std::string message);

  const HandshakeResponse& response() const { return response_; }

  /// The answer's head as it came, once it is complete.
  std::string_view head() const { return std::string_view{received_}.substr(0, head_bytes_); }

  /// open: the first frames, when they came with the answer.
  std::string_view rest() const { return std::string_view{received_}.substr(head_bytes_); }

  /// open: how messages are compressed; empty if they are not.
  const std::optional<CompressionParameters>& compression() const { return compression_; }

  const ConnectError& error() const { return error_; }

 private:
  Progress take_head();
  Progress take_body();
  std::string select_compression();
  Progress fail(ConnectFailure failure, std::string message);

  UpgradeOffer offer_;
  std::string expected_accept_;
  std::string received_;
  std::size_t head_bytes_ = 0;  ///< 0 until the head is complete
  HandshakeResponse response_;
  std::optional<CompressionParameters> compression_;
  ConnectError error_;
};

}  // namespace wskit
