#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <wskit/broker.h>

#include "core/message_log.h"

namespace wskit {

/// What one session has missed and still has to get before its channels are live again.
///
/// Messages are taken from the loop's own log as far as that reaches back, and asked of the broker
/// before. Meanwhile nothing is held for the session: the loop's log has it.
class Replay {
 public:
  struct Done {};  ///< every channel is live
  struct Wait {};  ///< for an answer, or until this node has got as far
  struct Send {
    std::vector<SharedMessage> messages;  ///< call next() again for more
  };
  struct Ask {
    std::uint32_t part;  ///< for answer()
    LogQuery query;
  };
  using Step = std::variant<Done, Wait, Send, Ask>;

  struct Answered {
    std::vector<SharedMessage> messages;    ///< to send
    std::vector<std::string> gap_channels;  ///< to be told that after `gap_since` some may miss
    MessageId gap_since = {};
  };

  /// Begins to replay channels that are not being replayed.
  void add(std::vector<std::string> channels, MessageId after);

  void remove(std::string_view channel);

  /// Whether live messages of the channel must not be sent: they will come by next().
  bool covers(std::string_view channel) const;

  /// What to do now; messages of about `max_bytes` at once.
  Step next(const MessageLog& log, std::size_t max_bytes);

  /// Takes the answer to an Ask. One that could not be given is asked again by next().
  Answered answer(std::uint32_t part, LogAnswer answer);

 private:
  struct Part {
    std::uint32_t number;
    std::vector<std::string> channels;
    MessageId after;  ///< everything up to here was sent
    bool is_asked = false;
    bool is_verified = false;  ///< the broker's log has `after`, even if ours does not yet
  };

  std::vector<Part> parts_;
  std::uint32_t next_number_ = 0;
};

}  // namespace wskit
