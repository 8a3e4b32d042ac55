#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <wskit/broker.h>

#include "redis/reply.h"

namespace wskit {

/// The keys of a log in Redis. All have one hash tag, so that they live on one node of a cluster.
struct StreamKeys {
  explicit StreamKeys(std::string_view prefix);

  /// Where the first publish under that idempotency key is remembered.
  std::string of_idempotency(std::string_view key) const;

  std::string log;
  std::string probe;
};

/// One entry of a stream as XRANGE and XREAD give it. Anybody may have written it.
struct StreamEntry {
  MessageId id;
  SharedMessage message;  ///< null: malformed or too large, to be skipped
};

/// Empty if the reply is no entry at all, which no Redis sends.
std::optional<StreamEntry> parse_stream_entry(const RedisReply& reply,
                                              std::size_t max_message_bytes);

/// The entries of a reply to XRANGE; empty if it is none.
std::optional<std::vector<StreamEntry>> parse_stream_entries(const RedisReply& reply,
                                                             std::size_t max_message_bytes);

/// What XINFO STREAM says of a log.
struct StreamInfo {
  MessageId last_id;
  std::uint64_t added_count = 0;  ///< since it was made, dropped ones included
  std::uint64_t length = 0;       ///< entries
  std::optional<MessageId> first_id;

  /// Whether everything after `id` that was ever in the log is still there.
  bool reaches_back_to(MessageId id) const;
};

/// Empty if the reply is none, or that of a Redis before 7.0. A log that does not exist is empty.
std::optional<StreamInfo> parse_stream_info(const RedisReply& reply);

/// The fields of a message, as XADD takes them.
std::vector<std::string_view> entry_fields(const Publication& publication);

}  // namespace wskit
