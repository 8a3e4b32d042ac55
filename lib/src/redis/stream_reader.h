#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include <wskit/loop.h>

#include "redis/connection.h"
#include "redis/stream_entry.h"

namespace wskit {

/// Told what a StreamReader reads.
class StreamReaderEvents {
 public:
  virtual ~StreamReaderEvents() = default;

  /// The next entry of the log.
  virtual void on_entry(StreamEntry entry) = 0;

  /// Entries after `since` may have been lost; those after `origin` come next.
  virtual void on_reader_gap(MessageId since, MessageId origin) = 0;

  /// All that was in the log has come, and what is added comes from now on.
  virtual void on_reader_ready(const StreamInfo& info) = 0;
  virtual void on_reader_lost(const std::string& reason) = 0;

  /// The text of a new entry of the probes' stream.
  virtual void on_probe(const std::string& text) = 0;
};

/// Follows a log in Redis from its end, over outages.
///
/// After each outage it proves that it goes on where it was: as many entries follow its last one
/// as the log says it has gained. Otherwise it tells of a gap, and goes on after the last entry
/// that is still the same, or with the first one there is. Thread: the loop's.
class StreamReader final : private RedisEvents {
 public:
  /// Everything given outlives this, and the limit may change.
  StreamReader(Loop& loop, const RedisTarget& target, const StreamKeys& keys,
               const std::size_t& max_message_bytes, StreamReaderEvents& events);

  void start() { connection_.start(); }
  void restart(const std::string& reason) { connection_.restart(reason); }

 private:
  void on_redis_ready() override;
  void on_redis_lost(const std::string& reason) override;
  void on_redis_push(RedisReply) override { restart("an answer that nobody asked for"); }

  /// A command of which an error, or no answer in time, ends the connection.
  template <typename Take>
  void ask(std::initializer_list<std::string_view> words, Take take);

  void look();
  void take_info(const StreamInfo& info);
  void read_page();
  void take_page(std::vector<StreamEntry> entries);
  void find_common();
  void take_common(const std::vector<StreamEntry>& entries);
  void tell_gap(MessageId origin);
  void go_on_after_gap(MessageId origin);
  void deliver_held();
  void become_live();
  void read_live();
  void take_live(const RedisReply& reply);
  void deliver(StreamEntry entry);

  Loop& loop_;
  const StreamKeys& keys_;
  const std::size_t& max_message_bytes_;
  StreamReaderEvents& events_;
  RedisConnection connection_;
  Timer answer_timer_;
  Loop::Clock::time_point looked_at_ = {};

  bool has_position_ = false;
  MessageId position_;             ///< of the last entry read
  MessageId told_;                 ///< the last id or origin told
  MessageId proved_;               ///< up to there nothing is missing that no gap was told for
  std::uint64_t added_count_ = 0;  ///< what the log had gained at position_
  std::deque<MessageId> recent_;   ///< ids read last, to find what a log still has of them

  // While it catches up:
  StreamInfo target_;
  MessageId page_from_;
  std::vector<StreamEntry> held_;  ///< until it is proved that nothing is missing
  std::size_t held_bytes_ = 0;
  std::uint64_t counted_ = 0;
  bool is_proving_ = false;

  std::string probe_position_;
};

}  // namespace wskit
