#pragma once

#include <cstdint>
#include <memory>

#include "options.h"
#include "payload.h"
#include "stream.h"
#include "websocket_stream.h"

namespace bench {

/// One connection over which messages are published. Throws std::runtime_error when it is lost.
class Publisher {
 public:
  virtual ~Publisher() = default;

  [[nodiscard]] virtual bool is_ready() const = 0;
  /// False while too many requests await their answers.
  [[nodiscard]] virtual bool has_room() const { return true; }
  virtual void publish(Stamp stamp) = 0;

  /// Published messages that came back to the publisher itself.
  [[nodiscard]] std::uint64_t own_copy_count() const { return own_copy_count_; }
  /// Answers that were not a success.
  [[nodiscard]] std::uint64_t error_count() const { return error_count_; }

 protected:
  std::uint64_t own_copy_count_ = 0;
  std::uint64_t error_count_ = 0;
};

/// As the options say, connecting. `poller` and `handshake` must outlive it.
[[nodiscard]] std::unique_ptr<Publisher> make_publisher(const Options& options, Poller& poller,
                                                        const Handshake& handshake);

}  // namespace bench
