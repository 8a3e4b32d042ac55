#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <wskit/broker.h>

namespace wskit {

/// The newest part of a log, in memory: messages of all channels in the order of their ids.
///
/// Not thread-safe. Reading costs what is read, and a search; not what other channels hold.
class MessageLog {
 public:
  /// Some messages in order, and how far they go.
  struct Page {
    std::vector<SharedMessage> messages;
    /// Everything of the channels up to here is in `messages` or was asked for as known.
    MessageId read_to;
    bool is_last = false;  ///< nothing of the channels follows yet
  };

  /// An empty log that is known to hold all after `origin`.
  explicit MessageLog(LogLimits limits, MessageId origin = {}) : limits_{limits}, reach_{origin} {
    last_id_ = origin;
  }

  /// `message` has an id greater than last_id(). Drops the oldest where limits ask for it.
  void append(SharedMessage message);

  /// Drops what is older than the limit; `now_ms` is the clock of the ids.
  void drop_old(std::uint64_t now_ms);

  /// Forgets everything: complete from `origin` on, which may be any id.
  void restart(MessageId origin);

  /// The id after which nothing is missing here.
  MessageId reach() const { return reach_; }

  /// That of the newest message, or the origin.
  MessageId last_id() const { return last_id_; }

  /// Whether all that came after `id` is here, and `id` is not beyond the log.
  bool covers(MessageId id) const;

  std::size_t size() const { return entries_.size(); }

  /// Messages of `channels` after `after`, which must be covered: at most `max_bytes` of payload,
  /// but at least one if there is any.
  Page read(const std::vector<std::string>& channels, MessageId after, std::size_t max_bytes) const;

  HistoryAnswer history(const HistoryQuery& query) const;

 private:
  /// Numbers of a channel's entries. The front is dropped by moving `first`.
  struct Channel {
    std::vector<std::uint64_t> numbers;
    std::size_t first = 0;
  };
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
      return std::hash<std::string_view>{}(text);
    }
  };

  void drop_front();
  const SharedMessage& entry(std::uint64_t number) const {
    return entries_[static_cast<std::size_t>(number - first_number_)];
  }
  const Channel* find(std::string_view channel) const;
  /// The place of the channel's first entry whose id is not below `id`.
  std::size_t lower_bound(const Channel& channel, MessageId id) const;

  LogLimits limits_;
  MessageId reach_;
  MessageId last_id_;
  std::size_t bytes_ = 0;
  std::uint64_t first_number_ = 0;  ///< of the oldest entry
  std::deque<SharedMessage> entries_;
  std::unordered_map<std::string, Channel, Hash, std::equal_to<>> channels_;
};

/// Gives ids that grow strictly, also when the clock steps back.
class MessageIds {
 public:
  explicit MessageIds(MessageId last = {}) : last_{last} {}

  /// `now_ms` is the wall clock's.
  MessageId next(std::uint64_t now_ms);

 private:
  MessageId last_;
};

}  // namespace wskit
